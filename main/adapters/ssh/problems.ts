import { ProblemError } from '../../problems/ProblemError.ts';
import type { SshTarget } from './target.ts';

type Address = Pick<SshTarget, 'host' | 'port'>;

/** Why a TCP connection to an SSH server did not come about. */
export function socketProblem(error: unknown, { host, port }: Address): ProblemError {
  if (error instanceof ProblemError) return error;
  // Several addresses of one name: the most telling reason first.
  const reasons = error instanceof AggregateError ? error.errors : [error];
  const codes = reasons.map((reason) => (reason as NodeJS.ErrnoException | undefined)?.code ?? '');
  const more = { cause: error, detail: messageOf(reasons[0] ?? error) };
  if (codes.includes('ECONNREFUSED')) return new ProblemError('ssh-connection-refused', { host, port }, more);
  if (
    codes.some((code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA' || code === 'EAI_NONAME')
  ) {
    return new ProblemError('ssh-dns-not-found', { host }, more);
  }
  if (codes.includes('ETIMEDOUT')) return new ProblemError('ssh-timeout', { host, port }, more);
  if (codes.some((code) => code === 'EHOSTUNREACH' || code === 'ENETUNREACH')) {
    return new ProblemError('host-unreachable', { host, port }, more);
  }
  return new ProblemError('ssh-connection-lost', { host, port }, more);
}

/** What an error of the library means before the login is through. `firstBytes` is what the server said first. */
export function handshakeProblem(error: unknown, { host, port }: Address, firstBytes: string): ProblemError {
  if (error instanceof ProblemError) return error;
  const detail = messageOf(error);
  const more = { cause: error, detail };
  const level = (error as { level?: string }).level;
  const missing = /no matching (.+)$/i.exec(detail)?.[1];
  if (level === 'handshake' && missing !== undefined) {
    return new ProblemError('ssh-no-common-algorithm', { host, port, kind: missing }, more);
  }
  const found = visible(firstBytes);
  if (found !== '' && !/(^|\n)SSH-/.test(firstBytes))
    return new ProblemError('ssh-not-ssh', { host, port, found }, more);
  if (level === 'client-socket') return socketProblem(error, { host, port });
  return new ProblemError('ssh-connection-lost', { host, port }, more);
}

/** Why the server refused a channel to a target: it forbids forwarding, or could not reach the target itself (RFC 4254, 5.1). */
export function forwardProblem(error: unknown, { host, port }: Address, target: string): ProblemError {
  const reason = (error as { reason?: unknown } | undefined)?.reason;
  const more = { cause: error, detail: messageOf(error) };
  switch (reason) {
    case 1:
    case 3:
      return new ProblemError('ssh-forwarding-refused', { host, port, target }, more);
    case 2:
      return new ProblemError('ssh-target-refused', { host, port, target }, more);
    case 4:
      return new ProblemError('ssh-session-limit', { host, port }, more);
    default:
      return new ProblemError('ssh-connection-lost', { host, port }, more);
  }
}

/** Whether the server may let somebody in a moment later: it dropped us because too many were logging in at once. */
export function isBusyServer(firstBytes: string): boolean {
  return /^(Exceeded MaxStartups|Not allowed at this time)/.test(firstBytes);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function visible(text: string): string {
  return (text.split(/[\r\n]/)[0] ?? '').replace(/[^\x20-\x7e]/g, '·').slice(0, 60);
}
