import { fork } from 'node:child_process';
import { connect } from 'node:net';

/** A started practice process, however it was started: by Electron's utilityProcess or by child_process. */
export interface PracticeChild {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once; also when it could not be started at all. `lastWords`: the end of what it wrote to standard error. */
  onExit(listener: (code: number | null, lastWords: string) => void): void;
  /** Ends it at once. */
  kill(): void;
}

/** Starts main/practice/process with these arguments. In the packaged app Electron cannot run as Node, so the window passes its own way. */
export type SpawnPractice = (args: readonly string[]) => PracticeChild;

/** For plain Node: the command line and tests. `module` is the built or the source file of main/practice/process. */
export function forkPractice(module: string): SpawnPractice {
  return (args) => {
    // What a secret might be in stays out; PostgreSQL in here reads none of it anyway.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
    const child = fork(module, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], env });
    let lastWords = '';
    child.stderr?.on('data', (data: Buffer) => {
      lastWords = (lastWords + data.toString('utf8')).slice(-2_000);
    });
    return {
      pid: child.pid,
      send: (message) => {
        if (child.connected) child.send(message as object);
      },
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => {
        child.once('exit', (code) => listener(code, lastWords.trim()));
        child.once('error', (error) => {
          if (child.pid === undefined) listener(null, error.message);
        });
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}

/**
 * Whether something on this port of 127.0.0.1 speaks PostgreSQL's protocol: an SSLRequest is answered with one byte, N here
 * (protocol-flow, "SSL Session Encryption"). It does not wait for other connections' transactions.
 */
export function answersAsPostgres(port: number, timeout = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeout, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('data', (data) => finish(data[0] === 0x4e));
    socket.once('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])));
  });
}
