import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
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
    const socket = readIntoOneBuffer((onread) =>
      connect({ host, port, autoSelectFamily: true, noDelay: true, keepAlive: true, onread }),
    );
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

/** Tells a socket of `openTcp` that the first exchange of keys is over: everything that arrives now is encrypted. */
export const encryptedFromNowOn = 'encrypted';

/** Bytes read at once: eight packets of data, which are then decrypted and written on in one go. */
const readSize = 256 * 1024;

type OnRead = { buffer: Uint8Array; callback(length: number, bytes: Uint8Array): boolean };

/**
 * A socket that reads into the same buffer again and again: with a new one each time, large data costs most in the garbage
 * collector. What arrives is gone when the listeners of 'data' have returned. The library keeps only what it has decrypted, which
 * is in buffers of its own; before anything is encrypted it keeps parts of what it was given, so until then it gets copies.
 */
function readIntoOneBuffer(open: (onread: OnRead) => Socket): Socket {
  let reuse = false;
  const socket = open({
    buffer: Buffer.allocUnsafeSlow(readSize),
    callback: (length, { buffer, byteOffset }) => {
      const bytes = Buffer.from(buffer, byteOffset, length);
      socket.emit('data', reuse ? bytes : Buffer.from(bytes));
      return true;
    },
  });
  socket.once(encryptedFromNowOn, () => {
    reuse = true;
  });
  // Nothing is kept for a listener that comes later; the library resumes the socket once it listens.
  socket.pause();
  return socket;
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
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const problem = (reason: string, cause?: unknown) =>
    new ProblemError('ssh-proxy-command', { host: target.host, command, reason }, { cause, detail: said.trim() });
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (bytes: Buffer, _encoding, done) => void child.stdin.write(bytes, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      done(error);
    },
  });
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.on('error', () => undefined);
  child.stdout.on('data', (bytes: Buffer) => {
    if (!stream.push(bytes)) child.stdout.pause();
  });
  child.on('error', (cause) => stream.destroy(problem('start', cause)));
  // Not the end of its output: what it complained about and how it ended come later.
  child.on('close', (code) => {
    if (code === 0) stream.push(null);
    else stream.destroy(problem(`exit ${code}`));
  });
  stream.on('error', () => undefined);
  return stream;
}
