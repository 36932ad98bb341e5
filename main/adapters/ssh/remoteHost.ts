import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Duplex, PassThrough, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { collect } from '../collect.ts';
import type { CommandOptions, CommandResult, Host, RunningCommand } from '../host.ts';
import { listenLocally } from '../tunnel.ts';
import { remoteCommand } from './remoteCommand.ts';
import type { SharedConnection } from './sharedConnection.ts';

/** Milliseconds that a command has to end after TERM, and after KILL. */
const grace = { terminate: 5_000, kill: 2_000 };

/** A computer over SSH. Everything goes over exec and forward channels of the one shared connection; nothing over SFTP. */
export class RemoteHost implements Host {
  readonly kind = 'ssh' as const;
  readonly label: string;
  readonly #shared: SharedConnection;

  constructor(label: string, shared: SharedConnection) {
    this.label = label;
    this.#shared = shared;
  }

  readonly dial: Host['dial'] = (target, signal) => this.#shared.forward(target, signal);

  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
    return collect((inner) => this.start(argv, inner), options, this.label, argv[0] ?? '');
  }

  async start(argv: readonly string[], options: CommandOptions): Promise<RunningCommand> {
    const { signal } = options;
    const { commandLine, preamble } = remoteCommand(argv, options.env);
    const { channel, stream, done } = await this.#shared.exec(commandLine, signal);
    const stderr = new PassThrough();
    stream.once('error', (error) => stderr.destroy(error));
    stderr.on('error', () => undefined);

    let pid: string | undefined;
    let ended = false;
    const over = done.then(
      () => true,
      () => true,
    );
    void over.then(() => {
      ended = true;
    });
    const within = async (milliseconds: number) => {
      const timer = new AbortController();
      const inTime = await Promise.race([
        over,
        delay(milliseconds, false, { signal: timer.signal }).catch(() => false),
      ]);
      timer.abort();
      return inTime;
    };
    const end = async (): Promise<'exited' | 'terminated' | 'killed'> => {
      if (ended) return 'exited';
      // What it still prints must be read, or it never gets to its end.
      stream.resume();
      stderr.resume();
      await this.#signal('TERM', channel, pid);
      if (await within(grace.terminate))
        return (await done.catch(() => undefined))?.signal === 'SIGTERM' ? 'terminated' : 'exited';
      await this.#signal('KILL', channel, pid);
      await within(grace.kill);
      stream.destroy();
      return 'killed';
    };

    const aborted = () => void end();
    signal.addEventListener('abort', aborted, { once: true });
    void over.then(() => signal.removeEventListener('abort', aborted));
    try {
      if (preamble !== '') stream.write(preamble);
      const first = await firstLine(channel.stderr, stderr, stream);
      if (first === 'missing') throw new ProblemError('command-missing', { command: argv[0] ?? '', host: this.label });
      if (!/^\d+$/.test(first)) {
        throw new ProblemError('ssh-command-failed', { host: this.label, command: argv[0] ?? '' }, { detail: first });
      }
      pid = first;
      if (signal.aborted) {
        await end();
        throw cancelled(signal.reason);
      }
    } catch (error) {
      stream.destroy();
      if (signal.aborted) throw cancelled(error);
      throw error;
    }
    feed(stream, options.stdin);
    return { stdout: stream, stderr, stdin: stream, done, end };
  }

  /**
   * Sends a signal to the command and what it started. By a command of its own: sshd passes signals on for nobody who logs in as
   * root, and other servers for nobody at all.
   */
  async #signal(
    name: 'TERM' | 'KILL',
    channel: { signal(name: string): void },
    pid: string | undefined,
  ): Promise<void> {
    if (pid === undefined) {
      channel.signal(name);
      return;
    }
    const script = 'kill -"$1" -"$2" 2>/dev/null || kill -"$1" "$2"';
    const { commandLine } = remoteCommand(['sh', '-c', script, 'sh', name, pid], undefined);
    try {
      const session = await this.#shared.exec(commandLine, AbortSignal.timeout(grace.terminate));
      session.stream.resume();
      session.channel.stderr.resume();
      await session.done;
    } catch {
      // Without a connection the watchdog does it.
    }
  }

  async readFile(path: string, options: { signal: AbortSignal; maxBytes: number }): Promise<Buffer> {
    const command = await this.start(['head', '-c', String(options.maxBytes + 1), safePath(path)], {
      signal: options.signal,
      stdin: '',
    });
    const complaints = text(command.stderr);
    const parts: Buffer[] = [];
    for await (const part of command.stdout) parts.push(Buffer.from(part));
    const { exitCode } = await command.done;
    const content = Buffer.concat(parts);
    if (exitCode !== 0)
      throw new ProblemError('file-unreadable', { path, host: this.label }, { detail: await complaints });
    if (content.length > options.maxBytes) {
      throw new ProblemError(
        'file-unreadable',
        { path, host: this.label },
        { detail: `larger than ${options.maxBytes} bytes` },
      );
    }
    return content;
  }

  async writeFile(path: string, content: Buffer, options: { signal: AbortSignal; mode: number }): Promise<void> {
    const target = safePath(path);
    const temporary = `${target}.${randomBytes(6).toString('hex')}.part`;
    // The size is compared because a connection that breaks looks to cat like the end of the file.
    const script = [
      'umask 077',
      'if cat >"$1" && [ "$(wc -c <"$1")" -eq "$4" ] && chmod "$3" "$1" && { sync "$1" 2>/dev/null || sync; } && mv -f "$1" "$2"',
      'then exit 0; else rm -f "$1"; exit 1; fi',
    ].join('; ');
    const mode = options.mode.toString(8);
    const command = await this.start(['sh', '-c', script, 'sh', temporary, target, mode, String(content.length)], {
      signal: options.signal,
    });
    const complaints = text(command.stderr);
    command.stdout.resume();
    command.stdin.end(content);
    const { exitCode } = await command.done;
    if (exitCode === 0) return;
    const detail = await complaints;
    const code = /no space left/i.test(detail) ? 'disk-full' : 'store-unwritable';
    throw new ProblemError(code, { path, host: this.label }, { detail });
  }

  async tunnel(target: { host: string; port: number }, signal: AbortSignal) {
    // The connection is made first: what stands in the way is told to the caller, not to the first program that connects.
    await this.#shared.connect(signal);
    const release = this.#shared.hold();
    try {
      const tunnel = await listenLocally((inner) => this.#shared.forward(target, inner), signal);
      return {
        ...tunnel,
        close: () => {
          release();
          return tunnel.close();
        },
      };
    } catch (error) {
      release();
      throw error;
    } finally {
      signal.addEventListener('abort', release, { once: true });
    }
  }

  openStream(socketPath: string, signal: AbortSignal): Promise<Duplex> {
    return this.#shared.forward({ socketPath }, signal);
  }
}

/** A path that starts with a dash would be taken for an option. */
function safePath(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

/** Takes the first line off a stream, the rest goes on to `rest`. Ends with what there was when the stream ends early. */
async function firstLine(source: Readable, rest: PassThrough, whole: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = () => {
      source.off('data', take);
      source.off('end', over);
      whole.off('error', reject);
      whole.off('close', over);
    };
    const over = () => {
      settle();
      rest.end();
      resolve(seen.toString('utf8').trim());
    };
    const take = (bytes: Buffer) => {
      seen = Buffer.concat([seen, bytes]);
      const at = seen.indexOf(10);
      if (at < 0) return;
      settle();
      source.pause();
      rest.write(seen.subarray(at + 1));
      source.pipe(rest);
      resolve(seen.toString('utf8', 0, at));
    };
    source.on('data', take);
    source.once('end', over);
    whole.once('error', reject);
    whole.once('close', over);
  });
}

function feed(stdin: NodeJS.WritableStream, from: CommandOptions['stdin']): void {
  if (from === undefined) return;
  if (typeof from === 'string') stdin.end(from);
  else from.pipe(stdin);
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  stream.on('data', (bytes: Buffer) => {
    all = (all + bytes.toString('utf8')).slice(0, 4000);
  });
  await once(stream, 'close').catch(() => undefined);
  return all.trim();
}
