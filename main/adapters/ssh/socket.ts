import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { socketProblem } from './problems.ts';
import type { SshTarget } from './target.ts';

/** Opens a TCP connection to an SSH server from this computer: every address of the name, one after the other. */
export function openTcp(
  { host, port }: { host: string; port: number },
  milliseconds: number,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(signal.reason));
      return;
    }
    const socket = connect({ host, port, autoSelectFamily: true, noDelay: true, keepAlive: true });
    const timer = setTimeout(() => fail(new ProblemError('ssh-timeout', { host, port })), milliseconds);
    const aborted = () => fail(cancelled(signal.reason));
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    };
    function fail(error: unknown): void {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(socketProblem(error, { host, port }));
    }
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      settle();
      socket.off('error', fail);
      // Between here and the library's own listener nobody else would hear it.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** Runs a ProxyCommand as OpenSSH does: through the user's shell, its standard input and output are the connection. */
export function openProxyCommand(command: string, target: SshTarget): Duplex {
  if (process.platform === 'win32')
    throw new ProblemError('ssh-proxy-command', { host: target.host, command, reason: 'windows' });
  const expanded = command.replace(/%([%hnpr])/g, (_, token: string) => {
    switch (token) {
      case 'h':
      case 'n':
        return target.host;
      case 'p':
        return String(target.port);
      case 'r':
        return target.user;
      default:
        return '%';
    }
  });
  const child = spawn(process.env.SHELL || '/bin/sh', ['-c', `exec ${expanded}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.on('error', (cause) => {
    stream.destroy(new ProblemError('ssh-proxy-command', { host: target.host, command, reason: 'start' }, { cause }));
  });
  child.on('close', (code) => {
    const problem = new ProblemError(
      'ssh-proxy-command',
      { host: target.host, command, reason: `exit ${code}` },
      { detail: said.trim() },
    );
    stream.destroy(code === 0 ? undefined : problem);
  });
  stream.on('error', () => undefined);
  stream.on('close', () => {
    if (child.exitCode === null) child.kill();
  });
  return stream;
}
