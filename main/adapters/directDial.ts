import { lookup, resolve6 } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import { recognise } from '../problems/recognise.ts';
import type { Dial } from './dial.ts';

/** How names are resolved; the system's way unless a test brings another. */
export type Resolver = {
  /** Every address that the system would connect to. */
  lookup: (host: string) => Promise<{ address: string; family: number }[]>;
  /** AAAA records, whether or not this computer has IPv6. */
  resolve6: (host: string) => Promise<string[]>;
};

const systemResolver: Resolver = {
  lookup: (host) => lookup(host, { all: true }),
  resolve6: (host) => resolve6(host),
};

/**
 * Dials from this computer. Rejects with `dns-not-found`, `ipv6-only-host`, `connection-refused`, `host-unreachable`,
 * `connection-timeout`, `socket-missing` or `cancelled`.
 */
export function directDial(resolver: Resolver = systemResolver): Dial {
  return async (target, signal) => {
    if (signal.aborted) throw cancelled(signal.reason);
    const place =
      'socketPath' in target
        ? { host: target.socketPath, port: Number(/\.s\.PGSQL\.(\d+)$/.exec(target.socketPath)?.[1] ?? 0) }
        : { host: target.host, port: target.port };
    let socket: Socket | undefined;
    const aborted = () => socket?.destroy();
    signal.addEventListener('abort', aborted, { once: true });
    try {
      socket =
        'socketPath' in target
          ? connect(target.socketPath)
          : // All addresses of a name are tried, the next one 250 ms after the other (RFC 8305).
            connect({ host: target.host, port: target.port, autoSelectFamily: true });
      socket.setNoDelay(true);
      // A link that dies in silence (NAT, sleep) is noticed by the system.
      socket.setKeepAlive(true, 10_000);
      await once(socket, 'connect', { signal });
      return socket;
    } catch (error) {
      socket?.on('error', () => {});
      socket?.destroy();
      if (signal.aborted) throw cancelled(error);
      const problem = recognise(error, { ...place, phase: 'dial' });
      if (problem === undefined) throw error;
      const unreachable = problem.code === 'dns-not-found' || problem.code === 'host-unreachable';
      if (unreachable && 'host' in target && (await hasOnlyIpv6(target.host, resolver))) {
        throw new ProblemError('ipv6-only-host', problem.values, {
          ...(problem.detail === undefined ? {} : { detail: problem.detail }),
          // Supabase's direct addresses have no IPv4 address, its session pooler has.
          ...(/\.supabase\.(co|com)$/i.test(target.host)
            ? {
                fixes: [
                  { kind: 'setting', id: 'use-session-pooler', title: { key: 'connecting.fix.use-session-pooler' } },
                ],
              }
            : {}),
          cause: error,
        });
      }
      throw new ProblemError(problem.code, problem.values, { ...problem, cause: error });
    } finally {
      signal.removeEventListener('abort', aborted);
    }
  };
}

/** Many systems without IPv6 hide AAAA records, so that such a host looks like one that doesn't exist. */
async function hasOnlyIpv6(host: string, resolver: Resolver): Promise<boolean> {
  if (isIP(host) !== 0) return isIP(host) === 6;
  const found = await resolver.lookup(host).catch(() => []);
  if (found.length > 0) return found.every(({ family }) => family === 6);
  return (await resolver.resolve6(host).catch(() => [])).length > 0;
}
