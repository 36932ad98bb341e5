import { ProblemError } from '../../problems/ProblemError.ts';

export type Place = { host: string; port: number; user: string; database: string };

/** The first line of what a stranger said, printable characters only, for whoever wants to know what it is. */
function firstWords(bytes: Buffer): string {
  const line =
    bytes
      .subarray(0, 120)
      .toString('latin1')
      .split(/[\r\n]/)[0] ?? '';
  return line.replace(/[^\x20-\x7e]+/g, '.').trim();
}

/** What answers on the port when it isn't PostgreSQL, judged by its first bytes. */
export function stranger(bytes: Buffer, place: Place): ProblemError {
  const detail = firstWords(bytes);
  const values = { ...place };
  if (/^HTTP\/|^<(!doctype|html)/i.test(detail)) return new ProblemError('not-postgres-http', values, { detail });
  if (detail.startsWith('SSH-')) return new ProblemError('not-postgres-ssh', values, { detail });
  return new ProblemError('not-postgres-unknown', { ...values, answer: detail }, { detail });
}

/**
 * Whether these can be the first bytes of a PostgreSQL server's answer to a start-up packet: an authentication request,
 * an error, a notice or NegotiateProtocolVersion, with a length that such a message can have.
 */
export function startsLikePostgres(bytes: Buffer): boolean {
  const kind = String.fromCharCode(bytes[0] ?? 0);
  if (!'REvN'.includes(kind)) return false;
  if (bytes.length < 5) return true;
  const length = bytes.readUInt32BE(1);
  // 30,000 is libpq's own limit for an error during authentication, 2,000 for everything else.
  return length >= 4 && length <= 30_000;
}
