import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProblemCode } from '../../../contract/problem.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { Host } from '../host.ts';
import { checkedName, type Destination, marker, type PutOptions, partName, type Source } from './destination.ts';

/** Milliseconds that a question to the host may take. A checksum of a large file takes longer. */
const questionTimeout = 60_000;

/** Waits between attempts of a copy that broke off, in milliseconds. */
const pauses = [1_000, 2_000, 5_000, 10_000, 30_000];

/** What may go away by itself: the network, sshd, the host. */
const passing = new Set<ProblemCode>([
  'ssh-connection-lost',
  'ssh-connection-refused',
  'ssh-timeout',
  'ssh-session-limit',
  'connection-reset',
  'connection-timeout',
  'command-timed-out',
]);

const sizeScript = 'if [ -f "$1" ]; then wc -c <"$1"; else echo 0; fi';
const checksumScript = [
  'if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"',
  'elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"',
  'elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1"',
  'else echo none; fi',
].join('; ');
const finishScript = '{ sync "$1" 2>/dev/null || sync; } && mv -f "$1" "$2" && { sync "$3" 2>/dev/null || sync; }';
/** Copies that nobody has gone on with for a day. */
const tidyScript = 'find "$1" -maxdepth 1 -type f -name ".*.part" -mtime +0 -exec rm -f {} + 2>/dev/null || :';
const listScript = 'cd "$1" && for f in *; do if [ -f "$f" ]; then echo "$(wc -c <"$f")" "$f"; fi; done';

/**
 * A folder on an SSH host, written through commands over the app's own connection: an exec channel carries several times what an SFTP
 * session does, and asks for no more than a POSIX shell.
 */
export class SshDestination implements Destination {
  readonly name: string;
  readonly #host: () => Promise<Host>;
  readonly #folder: string;
  readonly #pauses: readonly number[];

  /** `host` is asked for anew by each attempt: a host whose settings change gets another connection. */
  constructor(name: string, host: () => Promise<Host>, folder: string, waits: readonly number[] = pauses) {
    this.name = name;
    this.#host = host;
    this.#folder = folder;
    this.#pauses = waits;
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await this.#run('umask 077; mkdir -p "$1" && : >"$1/$2"', [this.#folder, marker], signal);
  }

  async put(name: string, source: Source, { signal, progress }: PutOptions): Promise<void> {
    const target = this.#path(checkedName(name));
    const part = this.#path(partName(name));
    await this.#patiently(signal, async () => {
      await this.#isThere(signal);
      await this.#run(tidyScript, [this.#folder], signal);
      // What an attempt before has left is the beginning, or the checksum will tell.
      let resumed = await this.#size(part, signal);
      if (resumed > source.bytes) {
        await this.#run('rm -f "$1"', [part], signal);
        resumed = 0;
      }
      await this.#append(part, name, source, resumed, { signal, progress });
      if (await this.#isWhole(part, source, signal)) {
        await this.#run(finishScript, [part, target, this.#folder], signal, questionTimeout * 10);
        return;
      }
      await this.#run('rm -f "$1"', [part], signal);
      const damaged = new ProblemError('destination-damaged', { name: this.name, file: name });
      if (resumed === 0) throw damaged;
      await this.#append(part, name, source, 0, { signal, progress });
      if (!(await this.#isWhole(part, source, signal))) {
        await this.#run('rm -f "$1"', [part], signal);
        throw damaged;
      }
      await this.#run(finishScript, [part, target, this.#folder], signal, questionTimeout * 10);
    });
  }

  async get(name: string, signal: AbortSignal): Promise<Readable> {
    const path = this.#path(checkedName(name));
    await this.#isThere(signal);
    if ((await this.#run('if [ -f "$1" ]; then echo yes; fi', [path], signal)).trim() !== 'yes') {
      throw new ProblemError('destination-missing', { name: this.name, place: path });
    }
    const command = await (await this.#host()).start(['cat', path], { signal, stdin: '' });
    command.stderr.resume();
    return command.stdout as Readable;
  }

  async list(signal: AbortSignal): Promise<{ name: string; bytes: number }[]> {
    await this.#isThere(signal);
    const lines = (await this.#run(listScript, [this.#folder], signal)).split('\n');
    return lines.flatMap((line) => {
      const match = /^\s*(\d+) (.+)$/.exec(line);
      return match === null ? [] : [{ name: match[2] ?? '', bytes: Number(match[1]) }];
    });
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#isThere(signal);
    await this.#run('rm -f "$1"', [this.#path(checkedName(name))], signal);
  }

  async freeBytes(signal: AbortSignal): Promise<number | undefined> {
    // https://pubs.opengroup.org/onlinepubs/9699919799/utilities/df.html: the fourth column of -P, in units of -k
    const lines = (await this.#run('df -Pk "$1"', [this.#folder], signal)).trim().split('\n');
    const available = Number(lines.at(-1)?.split(/\s+/)[3]);
    return Number.isFinite(available) ? available * 1024 : undefined;
  }

  #path(name: string): string {
    return `${this.#folder.replace(/\/+$/, '')}/${name}`;
  }

  async #isThere(signal: AbortSignal): Promise<void> {
    const found = await this.#run('if [ -f "$1/$2" ]; then echo yes; fi', [this.#folder, marker], signal);
    if (found.trim() !== 'yes') {
      throw new ProblemError('destination-missing', { name: this.name, place: this.#folder });
    }
  }

  async #size(path: string, signal: AbortSignal): Promise<number> {
    return Number((await this.#run(sizeScript, [path], signal)).trim()) || 0;
  }

  /** `>` for a new one and not `>>`, so that what another attempt may still be writing is cut off. */
  async #append(
    part: string,
    name: string,
    source: Source,
    from: number,
    { signal, progress }: PutOptions,
  ): Promise<void> {
    if (from === source.bytes && from > 0) return;
    const script = from === 0 ? 'umask 077; cat >"$1"' : 'cat >>"$1"';
    const command = await (await this.#host()).start(['sh', '-c', script, 'sh', part], { signal });
    const complaints = tail(command.stderr);
    command.stdout.resume();
    const { stdin } = command;
    let broken: unknown;
    stdin.on('error', (error: unknown) => {
      broken ??= error;
    });
    let ended = false;
    const over = command.done.finally(() => {
      ended = true;
    });
    // Whoever awaits it gets the error; here it must not go unheard meanwhile.
    over.catch(() => undefined);
    const stream = source.read(from);
    try {
      let done = from;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        // A disk that is full ends the command; what is written to it after that goes nowhere.
        if (ended || broken !== undefined) break;
        if (!stdin.write(chunk)) await drained(stdin, over);
        done += chunk.length;
        progress(done);
      }
    } finally {
      stream.destroy();
      stdin.end();
    }
    const { exitCode } = await over;
    if (exitCode !== 0) throw this.#refusal(await complaints, name);
    // A connection that breaks can look to cat like the end of the file.
    if ((await this.#size(part, signal)) < source.bytes) {
      throw new ProblemError('ssh-connection-lost', { host: this.name });
    }
  }

  /** Reads it back on the host, or through the connection where the host has no program for it. */
  async #isWhole(part: string, source: Source, signal: AbortSignal): Promise<boolean> {
    if ((await this.#size(part, signal)) !== source.bytes) return false;
    // A slow disk reads 10 MB a second.
    const timeout = questionTimeout + Math.ceil(source.bytes / 10_000);
    const said = (await this.#run(checksumScript, [part], signal, timeout)).trim();
    if (said !== 'none') return said.slice(0, 64).toLowerCase() === source.sha256;
    const command = await (await this.#host()).start(['cat', part], { signal, stdin: '' });
    command.stderr.resume();
    const hash = createHash('sha256');
    for await (const chunk of command.stdout as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest('hex') === source.sha256;
  }

  async #run(script: string, args: readonly string[], signal: AbortSignal, timeout = questionTimeout): Promise<string> {
    const host = await this.#host();
    const { exitCode, stdout, stderr } = await host.run(['sh', '-c', script, 'sh', ...args], {
      signal,
      timeout,
      stdin: '',
    });
    if (exitCode === 0) return stdout;
    throw this.#refusal(stderr, args[0] ?? '');
  }

  #refusal(said: string, file: string): ProblemError {
    const detail = said.trim();
    if (/no space left|disk quota|file too large/i.test(detail)) {
      return new ProblemError('destination-full', { name: this.name, file }, { detail });
    }
    if (/permission denied|read-only|not permitted/i.test(detail)) {
      return new ProblemError('destination-refused', { name: this.name }, { detail });
    }
    return new ProblemError('destination-failed', { name: this.name }, { detail });
  }

  async #patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    for (let number = 0; ; number += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted) throw cancelled(error);
        const pause = this.#pauses[number];
        if (!isPassing(error)) throw error;
        if (pause === undefined) {
          const detail = error instanceof Error ? error.message : String(error);
          throw new ProblemError('destination-unreachable', { name: this.name }, { detail, cause: error });
        }
        await delay(pause, undefined, { signal }).catch((reason) => {
          throw cancelled(reason);
        });
      }
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError) return passing.has(error.problem.code);
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

async function drained(stdin: NodeJS.WritableStream, over: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = () => {
      for (const name of ['drain', 'close', 'error']) stdin.removeListener(name, settle);
      resolve();
    };
    for (const name of ['drain', 'close', 'error']) stdin.once(name, settle);
    over.then(settle, settle);
  });
}

async function tail(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) all = (all + chunk.toString('utf8')).slice(-4_000);
  } catch {
    // The connection broke; whoever awaits the command is told.
  }
  return all;
}
