import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProblemCode } from '../../../contract/problem.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { DialTarget } from '../dial.ts';
import type { HostKeys } from '../hostKeys.ts';
import type { ChannelStream } from './channelStream.ts';
import { connectSsh } from './connect.ts';
import { SessionRefused, type SshConnection, type SshSession, type SshTiming } from './connection.ts';
import type { SshQuestions, SshTarget } from './target.ts';

export type RouteState = { state: 'connected' | 'reconnecting' | 'disconnected'; attempt: number };

/** Milliseconds. */
export type SharingLimits = {
  /** An unused connection is closed after this time. */
  idle: number;
  /** How long a command waits for one of the others to end before a further connection is opened for it. */
  sessionWait: number;
  /** First pause before reconnecting; doubles each time up to thirty seconds, give or take half. */
  backoff: number;
};
export const defaultLimits: SharingLimits = { idle: 60_000, sessionWait: 1_500, backoff: 500 };

/** sshd allows ten by default (MaxSessions); two are left for the user. Lowered when a server refuses earlier. */
const sessionsPerConnection = 8;
const connectionsPerHost = 3;

/** Reconnecting cannot help: somebody has to do something first. */
const needsSomebody: readonly ProblemCode[] = [
  'ssh-host-key-unknown',
  'ssh-host-key-changed',
  'ssh-host-key-revoked',
  'ssh-known-hosts-unreadable',
  'ssh-no-common-algorithm',
  'ssh-authentication-failed',
  'ssh-key-unreadable',
  'ssh-key-format',
  'ssh-key-ppk',
  'ssh-key-passphrase-required',
  'ssh-key-passphrase-wrong',
  'ssh-agent-unreachable',
  'ssh-agent-empty',
  'ssh-proxy-command',
  'question-unanswered',
  'cancelled',
];

export type SharedConnectionOptions = {
  target: SshTarget;
  openSocket: (signal: AbortSignal) => Promise<Duplex>;
  hostKeys: HostKeys;
  /** `unattended`: nothing may be asked, only what is remembered is used. */
  questions: (unattended: boolean) => SshQuestions;
  timing: SshTiming;
  limits: SharingLimits;
  onState: (state: RouteState) => void;
};

type Link = {
  connection: SshConnection;
  sessions: number;
  limit: number;
  /** Since when the server refuses sessions although none is open, as far as can be told from here. */
  refusedSince: number | undefined;
};

/** Milliseconds that a busy server may take to free a session whose channel is closed. */
const refusalPatience = 3_000;

/**
 * The one connection to a host that tunnels, commands and Docker share. It is made when it is first needed, closed when nobody
 * has used it for a while, and made again when it breaks while it is in use.
 */
export class SharedConnection {
  readonly #options: SharedConnectionOptions;
  #links: Link[] = [];
  #connecting: { promise: Promise<Link>; controller: AbortController; waiting: number } | undefined;
  #reconnecting: AbortController | undefined;
  #forwards = 0;
  #holds = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #freed: (() => void)[] = [];
  #closed = false;

  constructor(options: SharedConnectionOptions) {
    this.#options = options;
  }

  /** Number of connections to the host at the moment. */
  get connections(): number {
    return this.#links.length;
  }

  /** Keeps the connection while something needs it, and has it made again when it breaks. Call the result when done. */
  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      this.#checkIdle();
    };
  }

  /** Connects if necessary. Rejects with the `ssh-…` problem that stands in the way. */
  async connect(signal: AbortSignal): Promise<SshConnection> {
    const link = await this.#anyLink(signal);
    this.#checkIdle();
    return link.connection;
  }

  /** A stream from the host to a target. */
  async forward(target: DialTarget, signal: AbortSignal): Promise<ChannelStream> {
    this.#forwards += 1;
    const done = () => {
      this.#forwards -= 1;
      this.#checkIdle();
    };
    try {
      const stream = await this.#retryOnce(signal, (link) => link.connection.forward(target, signal));
      stream.once('close', done);
      return stream;
    } catch (error) {
      done();
      throw error;
    }
  }

  /** Runs a command line, when one of the host's sessions is free. */
  async exec(command: string, signal: AbortSignal): Promise<SshSession> {
    for (;;) {
      const link = await this.#freeLink(signal);
      link.sessions += 1;
      try {
        const session = await link.connection.exec(command, signal);
        link.refusedSince = undefined;
        // Not the stream's: the server counts a session until the channel is closed.
        void session.done.then(
          () => this.#free(link),
          () => this.#free(link),
        );
        return session;
      } catch (error) {
        this.#free(link);
        if (!(error instanceof SessionRefused)) throw error;
        // Whoever else has a session or is about to get one: so many are allowed, as far as can be told.
        link.limit = Math.max(1, Math.min(link.limit, link.sessions));
        if (link.sessions > 0) continue;
        link.refusedSince ??= performance.now();
        if (performance.now() - link.refusedSince > refusalPatience) {
          const { host, port } = this.#options.target;
          throw new ProblemError('ssh-session-limit', { host, port }, { cause: error, detail: error.message });
        }
        // The server frees a session a moment after the channel is closed.
        await pause(50, signal);
      }
    }
  }

  /** Ends everything that runs over it. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    this.#reconnecting?.abort();
    this.#connecting?.controller.abort();
    for (const { connection } of this.#links.splice(0)) connection.close();
    for (const wake of this.#freed.splice(0)) wake();
  }

  async #retryOnce<Result>(signal: AbortSignal, action: (link: Link) => Promise<Result>): Promise<Result> {
    const link = await this.#anyLink(signal);
    try {
      return await action(link);
    } catch (error) {
      // It had broken unnoticed, and nothing has been done over it yet.
      if (link.connection.alive || signal.aborted) throw error;
      return action(await this.#anyLink(signal));
    }
  }

  async #anyLink(signal: AbortSignal): Promise<Link> {
    return this.#links[0] ?? this.#newLink(signal);
  }

  async #freeLink(signal: AbortSignal): Promise<Link> {
    let waitingSince: number | undefined;
    for (;;) {
      if (this.#links.length === 0) await this.#newLink(signal);
      const link = this.#links.find(({ sessions, limit }) => sessions < limit);
      if (link !== undefined) return link;
      waitingSince ??= performance.now();
      const left = this.#options.limits.sessionWait - (performance.now() - waitingSince);
      if (left <= 0 && this.#links.length < connectionsPerHost) await this.#newLink(signal);
      else await this.#untilFreed(signal, left > 0 ? left : undefined);
    }
  }

  #untilFreed(signal: AbortSignal, milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => done(resolve), milliseconds);
      const wake = () => done(resolve);
      const aborted = () => done(() => reject(cancelled(signal.reason)));
      const done = (answer: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        this.#freed = this.#freed.filter((other) => other !== wake);
        answer();
      };
      this.#freed.push(wake);
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    });
  }

  #free(link: Link): void {
    link.sessions -= 1;
    this.#freed[0]?.();
    this.#checkIdle();
  }

  /** One handshake at a time, shared by all who wait for it: MaxStartups counts those that are not logged in yet. */
  async #newLink(signal: AbortSignal, unattended = false): Promise<Link> {
    if (signal.aborted) throw cancelled(signal.reason);
    if (this.#closed) throw cancelled('the app is closing its connections');
    const attempt = this.#connecting ?? this.#startConnecting(unattended);
    attempt.waiting += 1;
    return new Promise<Link>((resolve, reject) => {
      const aborted = () => {
        reject(cancelled(signal.reason));
        attempt.waiting -= 1;
        if (attempt.waiting === 0) attempt.controller.abort(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
      attempt.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
    });
  }

  #startConnecting(unattended: boolean) {
    clearTimeout(this.#idleTimer);
    const { target, openSocket, hostKeys, questions, timing, onState } = this.#options;
    const controller = new AbortController();
    const promise = connectSsh({
      target,
      openSocket,
      hostKeys,
      questions: questions(unattended),
      timing,
      signal: controller.signal,
    }).then((connection) => {
      const link: Link = { connection, sessions: 0, limit: sessionsPerConnection, refusedSince: undefined };
      if (this.#closed) {
        connection.close();
        throw cancelled('the app is closing its connections');
      }
      this.#links.push(link);
      connection.onLost(() => this.#linkLost(link));
      if (this.#links.length === 1) onState({ state: 'connected', attempt: 0 });
      return link;
    });
    const attempt = { promise, controller, waiting: 0 };
    this.#connecting = attempt;
    promise
      .finally(() => {
        if (this.#connecting === attempt) this.#connecting = undefined;
      })
      .catch(() => undefined);
    return attempt;
  }

  #linkLost(link: Link): void {
    const at = this.#links.indexOf(link);
    // Closed by us.
    if (at < 0) return;
    this.#links.splice(at, 1);
    // Whoever waits for a session looks again, and finds that there is no connection.
    for (const wake of [...this.#freed]) wake();
    if (this.#links.length > 0 || this.#closed) return;
    const inUse = this.#holds > 0 || this.#forwards > 0 || link.sessions > 0;
    if (inUse) void this.#reconnect();
    else this.#options.onState({ state: 'disconnected', attempt: 0 });
  }

  /** In the background, asking nobody. Ends when it is connected again, by this or because somebody else needed it. */
  async #reconnect(): Promise<void> {
    if (this.#reconnecting !== undefined) return;
    const controller = new AbortController();
    this.#reconnecting = controller;
    const { onState, limits } = this.#options;
    try {
      for (let attempt = 1; this.#holds > 0 || attempt <= 5; attempt += 1) {
        onState({ state: 'reconnecting', attempt });
        const longest = Math.min(30_000, limits.backoff * 2 ** (attempt - 1));
        await delay(longest * (0.5 + Math.random()), undefined, { signal: controller.signal });
        if (this.#links.length > 0) return;
        try {
          await this.#newLink(controller.signal, true);
          return;
        } catch (error) {
          if (error instanceof ProblemError && needsSomebody.includes(error.problem.code)) break;
        }
      }
      if (this.#links.length === 0) onState({ state: 'disconnected', attempt: 0 });
    } catch {
      // Closed meanwhile.
    } finally {
      this.#reconnecting = undefined;
      this.#checkIdle();
    }
  }

  #checkIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#closed || this.#links.length === 0) return;
    if (this.#holds > 0 || this.#forwards > 0 || this.#links.some(({ sessions }) => sessions > 0)) return;
    this.#idleTimer = setTimeout(() => {
      for (const { connection } of this.#links.splice(0)) connection.close();
      this.#options.onState({ state: 'disconnected', attempt: 0 });
    }, this.#options.limits.idle);
    // The sockets below keep a process alive as long as they are wanted; waiting to close them need not.
    this.#idleTimer.unref();
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch((error: unknown) => {
    throw cancelled(error);
  });
}
