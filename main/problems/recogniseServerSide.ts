import { isIPv6 } from 'node:net';
import type { Problem } from '../../contract/problem.ts';
import type { ProbeAnswer, ProbeFault } from '../adapters/docker/databaseProbe.ts';
import type { Context } from './context.ts';
import { placeOf } from './context.ts';
import { recognise } from './recognise.ts';
import { codeOfWords } from './recogniseServerLog.ts';

type Failure = Extract<ProbeAnswer, { ok: false }>;

const loopback = /^(?:127\.|::1$|localhost$|0\.0\.0\.0$)/;
const hostNames = /^(?:host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal)$/;

/**
 * Why a try from inside a container failed: the driver's own error, recognised as the app's own would be, and what only a container
 * meets: its own localhost, a name that Docker does not give it, a file that is not mounted.
 */
export function recogniseServerSide(failure: Failure, context: Context, seconds: number): Problem {
  const values = placeOf(context);
  const { host = '' } = context;
  if (failure.timeout === true) {
    return failure.connected
      ? { code: 'server-no-answer', values: { ...values, seconds } }
      : { code: 'connection-timeout', values: { ...values, seconds } };
  }
  const fault = likeliest(failure);
  if (fault === undefined) return { code: 'reach-container-failed', values: { ...values, message: 'no pg in /app' } };
  const { message, path } = fault;
  if (fault.code === 'ENOENT' && path !== undefined && !host.startsWith('/')) {
    return { code: 'server-ca-missing', values: { ...values, path }, detail: message };
  }
  const error = errorOf(fault);
  const encrypted = /(?:no encryption|SSL off)$/.test(message) ? false : context.encrypted;
  const full: Context = { ...context, ...(encrypted === undefined ? {} : { encrypted }) };
  if (/does not support SSL/.test(message)) return { code: 'server-tls-unavailable', values, detail: message };
  if (/client password must be a string|no password supplied/.test(message)) {
    return { code: 'password-required', values, detail: message };
  }
  const problem = recognise(error, full);
  if (problem === undefined) {
    const code = failure.connected ? 'not-postgres-unknown' : 'host-unreachable';
    return { code, values: { ...values, answer: message }, detail: message };
  }
  if (problem.code === 'connection-refused' && loopback.test(host)) {
    return { code: 'server-database-is-localhost', values, detail: message };
  }
  if (problem.code === 'socket-missing') {
    return { code: 'server-database-is-localhost', values: { ...values, port: values.port ?? 0 }, detail: message };
  }
  if (problem.code === 'dns-not-found' && hostNames.test(host)) {
    return { code: 'server-host-gateway-missing', values, detail: message };
  }
  const onlyIpv6 = failure.resolved.length > 0 && failure.resolved.every((address) => isIPv6(address));
  if (problem.code === 'host-unreachable' && onlyIpv6) return { code: 'ipv6-only-host', values, detail: message };
  // Trusting a certificate in the app does nothing for the server.
  const fixes = problem.fixes?.filter((fix) => fix.kind !== 'setting' || fix.id !== 'trust-certificate');
  const dates = { validTo: 'an earlier day', validFrom: 'a later day' };
  return { ...problem, values: { ...dates, ...problem.values }, ...(fixes === undefined ? {} : { fixes }) };
}

/** Of the errors of several addresses the one that says most. */
function likeliest({ error, errors = [] }: Failure): ProbeFault | undefined {
  return (
    errors.find(({ code }) => !/^(?:ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(code ?? '')) ?? errors[0] ?? error
  );
}

function errorOf({ message, path: _, ...fields }: ProbeFault): Error {
  const code = fields.code ?? libpqCode(message) ?? codeOfWords(message);
  // The words of a FATAL error without its fields, as libpq shows it.
  const severity =
    fields.severity ??
    (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code) ? 'FATAL' : undefined);
  return Object.assign(new Error(message), {
    ...fields,
    ...(code === undefined ? {} : { code }),
    ...(severity === undefined ? {} : { severity }),
  });
}

/** libpq tells system errors in words only. */
function libpqCode(message: string): string | undefined {
  if (/Connection refused/.test(message)) return 'ECONNREFUSED';
  if (/could not translate host name/.test(message)) return 'ENOTFOUND';
  if (/No route to host/.test(message)) return 'EHOSTUNREACH';
  if (/Network is unreachable/.test(message)) return 'ENETUNREACH';
  if (/Connection timed out/.test(message)) return 'ETIMEDOUT';
  if (/certificate verify failed/.test(message)) return 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  if (/server certificate for .* does not match host name/.test(message)) return 'ERR_TLS_CERT_ALTNAME_INVALID';
  if (/server closed the connection unexpectedly/.test(message)) return 'ECONNRESET';
  return undefined;
}
