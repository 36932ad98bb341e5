import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { DialTarget } from '../dial.ts';
import { ChannelStream } from './channelStream.ts';
import { watchLink } from './linkWatch.ts';
import { forwardProblem, messageOf } from './problems.ts';
import type { SshTarget } from './target.ts';

/** Milliseconds. A dead link is noticed within `deadAfter` plus a seventh of it: 40 s with the defaults. */
export type SshTiming = { connect: number; handshake: number; ping: number; deadAfter: number };
export const defaultTiming: SshTiming = { connect: 15_000, handshake: 20_000, ping: 10_000, deadAfter: 35_000 };

/** sshd refused a session although the connection is fine: MaxSessions. */
export class SessionRefused extends Error {}

export type SessionExit = { exitCode: number | null; signal: string | null };

/** A command that runs on the server. `done` is known when the server has closed the session. */
export type SshSession = { channel: ClientChannel; stream: ChannelStream; done: Promise<SessionExit> };

/** One logged-in SSH connection. Everything that runs over it fails with `ssh-connection-lost` when it breaks. */
export class SshConnection {
  readonly serverSoftware: string;
  readonly fingerprint: string;
  readonly #client: Client;
  readonly #socket: Duplex;
  readonly #target: SshTarget;
  readonly #streams = new Set<{ fail(error: Error): void }>();
  readonly #onLost: ((problem: ProblemError) => void)[] = [];
  readonly #stopWatching: () => void;
  #ended: ProblemError | undefined;

  constructor(
    client: Client,
    socket: Duplex,
    target: SshTarget,
    timing: SshTiming,
    facts: { serverSoftware: string; fingerprint: string },
  ) {
    this.#client = client;
    this.#socket = socket;
    this.#target = target;
    this.serverSoftware = facts.serverSoftware;
    this.fingerprint = facts.fingerprint;
    client.on('error', (error) => this.#lost(error));
    client.on('end', () => this.#lost(new Error('the server ended the connection')));
    client.on('close', () => this.#lost(new Error('the connection was closed')));
    this.#stopWatching = watchLink(socket, timing.deadAfter, () =>
      this.#lost(new Error(`no answer for ${Math.round(timing.deadAfter / 1000)} s`)),
    );
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Calls back once, also when it is lost already. */
  onLost(listener: (problem: ProblemError) => void): void {
    if (this.#ended === undefined) this.#onLost.push(listener);
    else listener(this.#ended);
  }

  /** Opens a stream from the server to a target. Not counted by MaxSessions. */
  async forward(target: DialTarget, signal: AbortSignal): Promise<ChannelStream> {
    const named = 'socketPath' in target ? target.socketPath : `${target.host}:${target.port}`;
    const channel = await this.#open(
      (callback) => {
        if ('socketPath' in target) {
          (
            this.#client as Client & { openssh_forwardOutStreamLocal(path: string, done: typeof callback): void }
          ).openssh_forwardOutStreamLocal(target.socketPath, callback);
        } else this.#client.forwardOut('127.0.0.1', 0, target.host, target.port, callback);
      },
      signal,
      (error) => forwardProblem(error, this.#target, named),
    );
    return this.#follow(channel, new ChannelStream(channel, 'forward', this.#socket));
  }

  /** Runs a command line in the user's login shell. Raises SessionRefused when the server's MaxSessions is reached. */
  async exec(command: string, signal: AbortSignal): Promise<SshSession> {
    let session: SshSession | undefined;
    await this.#open(
      (callback) =>
        this.#client.exec(command, (error, channel) => {
          // At once: output and exit status may be in the very bytes that are being read now.
          if (!error) session = this.#session(channel);
          callback(error, channel);
        }),
      signal,
      (error) => {
        // sshd refuses a session over MaxSessions with reason 2, "open failed" (channels.c), others with 1 or 4.
        if ((error as { reason?: unknown } | undefined)?.reason !== undefined)
          return new SessionRefused(messageOf(error));
        const values = { host: this.#target.host, port: this.#target.port, command: 'exec' };
        return new ProblemError('ssh-command-failed', values, { cause: error, detail: messageOf(error) });
      },
    );
    if (session === undefined) throw new TypeError('a session that was opened and is not there');
    return session;
  }

  #session(channel: ClientChannel): SshSession {
    const stream = this.#follow(channel, new ChannelStream(channel, 'session', this.#socket));
    let exit: SessionExit = { exitCode: null, signal: null };
    channel.on('exit', (code: number | null, name?: string) => {
      exit = { exitCode: code, signal: name ?? null };
    });
    const done = new Promise<SessionExit>((resolve, reject) => {
      stream.once('error', reject);
      channel.once('close', () => resolve(exit));
    });
    done.catch(() => undefined);
    return { channel, stream, done };
  }

  /** Ends it; streams that are still open fail. */
  close(): void {
    this.#lost(new Error('closed by the app'));
  }

  #follow(channel: ClientChannel, stream: ChannelStream): ChannelStream {
    this.#streams.add(stream);
    channel.on('close', () => this.#streams.delete(stream));
    return stream;
  }

  #open(
    request: (callback: (error: Error | undefined, channel: ClientChannel) => void) => void,
    signal: AbortSignal,
    explain: (error: unknown) => Error,
  ): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled(signal.reason));
        return;
      }
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      const waiting = {
        fail: (error: Error) => {
          settle();
          reject(error);
        },
      };
      const aborted = () => waiting.fail(cancelled(signal.reason));
      const settle = () => {
        this.#streams.delete(waiting);
        signal.removeEventListener('abort', aborted);
      };
      this.#streams.add(waiting);
      signal.addEventListener('abort', aborted, { once: true });
      try {
        request((error, channel) => {
          const late = !this.#streams.has(waiting);
          settle();
          if (error) reject(this.#ended ?? explain(error));
          else if (late) {
            channel.on('error', () => undefined);
            channel.resume();
            channel.close();
          } else resolve(channel);
        });
      } catch (error) {
        settle();
        reject(this.#lost(error));
      }
    });
  }

  #lost(cause: unknown): ProblemError {
    if (this.#ended !== undefined) return this.#ended;
    const { host, port } = this.#target;
    const problem = new ProblemError('ssh-connection-lost', { host, port }, { cause, detail: messageOf(cause) });
    this.#ended = problem;
    this.#stopWatching();
    for (const stream of [...this.#streams]) stream.fail(problem);
    this.#streams.clear();
    endQuietly(this.#client, this.#socket);
    for (const listener of this.#onLost.splice(0)) listener(problem);
    return problem;
  }
}

/** Ends a client that is given up: whatever it still reports is heard by nobody and hurts nobody. */
export function endQuietly(client: Client, socket: Duplex): void {
  client.removeAllListeners();
  client.on('error', () => undefined);
  socket.on('error', () => undefined);
  try {
    client.end();
  } catch {
    // Already broken.
  }
  // In the next turn: the library is in the middle of reading a packet when it asks about the key.
  setImmediate(() => socket.destroy());
}
