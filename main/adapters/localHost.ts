import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import { collect } from './collect.ts';
import { directDial } from './directDial.ts';
import { errnoOf, writeAtomically } from './files.ts';
import type { CommandOptions, CommandResult, Host, RunningCommand } from './host.ts';
import { listenLocally } from './tunnel.ts';

/** Milliseconds that a command has to end after SIGTERM before it is killed. */
const grace = 5_000;

/** "This computer". Commands are started without a shell. */
export class LocalHost implements Host {
  readonly kind = 'local' as const;
  readonly label: string;
  readonly dial: Host['dial'];

  constructor(label: string, dial: Host['dial'] = directDial()) {
    this.label = label;
    this.dial = dial;
  }

  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
    return collect((inner) => this.start(argv, inner), options, this.label, argv[0] ?? '');
  }

  async start(argv: readonly string[], options: CommandOptions): Promise<RunningCommand> {
    const { signal, stdin } = options;
    const [program, ...args] = argv;
    if (program === undefined) throw new TypeError('a command needs at least its name');
    if (signal.aborted) throw cancelled(signal.reason);
    const env = { ...inherited(options.withoutInherited), ...options.env };
    const child = spawn(program, args, { env, stdio: 'pipe', windowsHide: true });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        const missing = errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'EACCES';
        reject(
          missing
            ? new ProblemError(
                'command-missing',
                { command: program, host: this.label },
                { cause, detail: cause.message },
              )
            : cause,
        );
      });
    });
    child.on('error', () => undefined);
    const done = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
      child.once('close', (exitCode, name) => resolve({ exitCode, signal: name }));
    });
    const end = async (): Promise<'exited' | 'terminated' | 'killed'> => {
      child.stdout.resume();
      child.stderr.resume();
      if (child.exitCode !== null || child.signalCode !== null) return 'exited';
      child.kill('SIGTERM');
      const ended = done.then(() => true);
      const timer = new AbortController();
      const inTime = await Promise.race([ended, delay(grace, false, { signal: timer.signal }).catch(() => false)]);
      timer.abort();
      if (inTime) return child.signalCode === 'SIGTERM' ? 'terminated' : 'exited';
      child.kill('SIGKILL');
      await ended;
      return 'killed';
    };
    const aborted = () => void end();
    signal.addEventListener('abort', aborted, { once: true });
    void done.then(() => signal.removeEventListener('abort', aborted));
    if (signal.aborted) aborted();
    if (typeof stdin === 'string') child.stdin.end(stdin);
    else if (stdin !== undefined) stdin.pipe(child.stdin);
    return { stdout: child.stdout, stderr: child.stderr, stdin: child.stdin, done, end };
  }

  async readFile(path: string, { signal, maxBytes }: { signal: AbortSignal; maxBytes: number }): Promise<Buffer> {
    try {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        if (size > maxBytes) throw new RangeError(`larger than ${maxBytes} bytes`);
        return await readFile(file, { signal });
      } finally {
        await file.close();
      }
    } catch (cause) {
      if (signal.aborted) throw cancelled(cause);
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new ProblemError('file-unreadable', { path, host: this.label }, { cause, detail });
    }
  }

  async writeFile(
    path: string,
    content: Buffer,
    { signal, mode }: { signal: AbortSignal; mode: number },
  ): Promise<void> {
    if (signal.aborted) throw cancelled(signal.reason);
    try {
      await writeAtomically(path, content, { mode });
    } catch (cause) {
      if (cause instanceof ProblemError) throw cause;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new ProblemError('store-unwritable', { path, host: this.label }, { cause, detail });
    }
  }

  tunnel(target: { host: string; port: number }, signal: AbortSignal) {
    return listenLocally((inner) => this.dial(target, inner), signal);
  }

  openStream(socketPath: string, signal: AbortSignal) {
    return this.dial({ socketPath }, signal);
  }
}

function inherited(without: RegExp | undefined): NodeJS.ProcessEnv {
  if (without === undefined) return process.env;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !without.test(name)));
}
