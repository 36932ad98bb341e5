import { isIP } from 'node:net';
import type { Problem } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';

/** System errors of sockets and name look-ups, by errno. */
export function recogniseNetwork(error: Error, context: Context): Problem | undefined {
  const first = firstOf(error);
  const code = 'code' in first && typeof first.code === 'string' ? first.code : '';
  const values = placeOf(context);
  const detail = first.message;
  const socket = context.host?.startsWith('/') === true;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return { code: 'dns-not-found', values, detail };
    case 'ECONNREFUSED':
      return { code: socket ? 'socket-missing' : 'connection-refused', values, detail };
    case 'ENOENT':
    case 'ENOTSOCK':
      return socket ? { code: 'socket-missing', values, detail } : undefined;
    case 'EACCES':
      return socket ? { code: 'socket-missing', values, detail } : { code: 'host-unreachable', values, detail };
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { code: isIP(context.host ?? '') === 6 ? 'ipv6-only-host' : 'host-unreachable', values, detail };
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return { code: 'host-unreachable', values, detail };
    case 'ETIMEDOUT':
      return {
        code: context.phase === 'query' ? 'connection-lost' : 'connection-timeout',
        values: { ...values, seconds: 0 },
        detail,
      };
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return { code: context.phase === 'query' ? 'connection-lost' : 'connection-reset', values, detail };
    default:
      return undefined;
  }
}

/** Node tries all addresses of a name and throws their errors together; the first is the one of the preferred address. */
function firstOf(error: Error): Error {
  if (!(error instanceof AggregateError)) return error;
  const errors = error.errors.filter((one): one is Error => one instanceof Error);
  // "Unreachable" for the family that this computer doesn't have says less than what the other address answered.
  return (
    errors.find((one) => !('code' in one && /^(ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(String(one.code)))) ??
    errors[0] ??
    error
  );
}
