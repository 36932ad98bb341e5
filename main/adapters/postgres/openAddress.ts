import type { Duplex } from 'node:stream';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { ConnectionSettings, DatabaseAddress } from '../../../contract/connection.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { Phase } from '../../problems/context.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { recognise } from '../../problems/recognise.ts';
import type { Dial, DialTarget } from '../dial.ts';
import { requestCancel } from './cancelRequest.ts';
import { offersEncryptedEntry } from './encryptedEntry.ts';
import { type Login, login } from './login.ts';
import { asksForTls, startTls, tolerateLateErrors } from './negotiate.ts';
import type { PostgresSession, Transport } from './session.ts';
import { Statements } from './statements.ts';
import type { Place } from './strangers.ts';

export type PostgresOptions = {
  settings: ConnectionSettings;
  password?: string;
  dial: Dial;
  /** The options for `tls.connect` to a host (see `pgTls`); called only for modes that may encrypt. */
  tlsFor: (host: string) => ConnectionOptions | false;
  /** Ends the attempt, and later the session: what runs is cancelled on the server. */
  signal: AbortSignal;
  /** Milliseconds for one statement. */
  queryTimeoutMs: number;
  applicationName?: string;
  /** Tells how far the attempt is. */
  onPhase?: (phase: Phase, address: DatabaseAddress) => void;
};

/** Milliseconds for a polite goodbye. */
const goodbye = 2000;

export function targetOf(address: DatabaseAddress): DialTarget {
  return address.host.startsWith('/')
    ? { socketPath: `${address.host.replace(/\/+$/, '')}/.s.PGSQL.${address.port}` }
    : { host: address.host, port: address.port };
}

/**
 * Logs in at one address. The time-out of the settings covers dialling, the server's answer about TLS, the handshake and the login
 * together, each of which can hang on its own. Rejects with a ProblemError for everything that `recognise` knows; leaves no socket open.
 */
export async function openAddress(options: PostgresOptions, address: DatabaseAddress): Promise<PostgresSession> {
  const { settings, signal, onPhase } = options;
  const place: Place = { ...address, user: settings.user, database: settings.database };
  const target = targetOf(address);
  if (signal.aborted) throw cancelled(signal.reason);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), settings.connectTimeoutSeconds * 1000);
  const either = AbortSignal.any([signal, deadline.signal]);
  let phase: Phase = 'dial';
  let encrypted = false;
  let authenticated = false;
  let stream: Duplex | undefined;
  const enter = (next: Phase) => {
    phase = next;
    onPhase?.(next, address);
  };
  try {
    enter('dial');
    stream = tolerateLateErrors(await options.dial(target, either));
    either.throwIfAborted();
    const { channel, ssl } = await secure(stream);
    encrypted = ssl !== undefined;
    enter('login');
    const loggedIn = await login({
      stream: channel,
      encrypted,
      place,
      password: options.password,
      channelBinding: settings.channelBinding,
      options: settings.options,
      applicationName: options.applicationName ?? 'Aperture Companion',
      signal: either,
      onAuthenticated: () => {
        authenticated = true;
      },
    });
    return openSession(options, {
      address,
      place,
      target,
      stream,
      ssl,
      loggedIn,
      transport: transportOf(channel, ssl, loggedIn),
    });
  } catch (error) {
    stream?.destroy();
    if (signal.aborted) throw cancelled(error);
    if (deadline.signal.aborted) {
      const values = { ...place, seconds: settings.connectTimeoutSeconds, phase };
      throw new ProblemError(phase === 'dial' ? 'connection-timeout' : 'server-no-answer', values, { cause: error });
    }
    const problem = recognise(error, {
      ...place,
      phase,
      encrypted,
      authenticated,
      tlsMode: settings.tls.mode,
      serverName: settings.tls.serverName,
    });
    if (problem === undefined) throw error;
    // A server may refuse plain logins with the same words as any other; ask it whether it would take an encrypted one.
    if (problem.code === 'pg-hba-refused' && !encrypted && (await entryNeedsTls())) {
      throw new ProblemError('tls-required-by-server', problem.values, {
        detail: problem.detail,
        fixes: [{ kind: 'setting', id: 'use-tls-require', title: { key: 'connecting.fix.use-tls-require' } }],
        cause: error,
      });
    }
    throw new ProblemError(problem.code, problem.values, { ...problem, cause: error });
  } finally {
    clearTimeout(timer);
  }

  async function secure(raw: Duplex): Promise<{ channel: Duplex; ssl: ConnectionOptions | undefined }> {
    // libpq never encrypts on a Unix socket, whatever sslmode says.
    const ssl = 'socketPath' in target || settings.tls.mode === 'disable' ? false : options.tlsFor(address.host);
    if (ssl === false) return { channel: raw, ssl: undefined };
    enter('ssl-answer');
    if (await asksForTls(raw, place, either)) {
      enter('tls');
      return { channel: await startTls(raw, ssl, either), ssl };
    }
    if (settings.tls.mode !== 'prefer')
      throw new ProblemError('tls-refused-by-server', { ...place, mode: settings.tls.mode });
    if (settings.tls.plainAccepted === true) return { channel: raw, ssl: undefined };
    throw new ProblemError(
      'tls-plain-needs-consent',
      { ...place },
      {
        fixes: [{ kind: 'setting', id: 'use-tls-disable', title: { key: 'connecting.fix.use-tls-disable' } }],
      },
    );
  }

  async function entryNeedsTls(): Promise<boolean> {
    if ('socketPath' in target) return false;
    return offersEncryptedEntry({ dial: options.dial, target, place }, either).catch(() => false);
  }
}

function transportOf(channel: Duplex, ssl: ConnectionOptions | undefined, loggedIn: Login): Transport {
  if (ssl === undefined) return { kind: 'plain' };
  const socket = channel as TLSSocket;
  return {
    kind: 'tls',
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    peer: socket.getPeerX509Certificate()?.raw,
    channelBound: loggedIn.channelBound,
  };
}

type Opened = {
  address: DatabaseAddress;
  place: Place;
  target: DialTarget;
  stream: Duplex;
  ssl: ConnectionOptions | undefined;
  loggedIn: Login;
  transport: Transport;
};

function openSession(options: PostgresOptions, opened: Opened): PostgresSession {
  const { address, place, target, stream, ssl, loggedIn } = opened;
  const { client, backendKey } = loggedIn;
  let over = false;
  let lost: Problem | undefined;
  let running = 0;
  const cancel = async () => {
    if (backendKey !== undefined && !stream.destroyed) {
      await requestCancel({ dial: options.dial, target, place, ssl }, backendKey);
    }
  };
  const ended = new Promise<Problem | undefined>((resolve) => {
    let reason: Error | undefined;
    client.on('error', (error: Error) => {
      reason ??= error;
    });
    client.on('end', () => {
      options.signal.removeEventListener('abort', abort);
      stream.destroy();
      lost = over
        ? { code: options.signal.aborted ? 'cancelled' : 'connection-lost', values: { ...place } }
        : lostBecause(reason, place);
      resolve(over ? undefined : lost);
    });
  });
  const abort = () => {
    over = true;
    // A statement goes on on the server after its client has vanished, so it is told first.
    if (running > 0) void cancel().finally(() => stream.destroy());
    else stream.destroy();
  };
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();

  client.connection.on('readyForQuery', () => {
    running = 0;
  });
  const statements = new Statements({
    client,
    place,
    queryTimeoutMs: options.queryTimeoutMs,
    signal: options.signal,
    lost: () => lost,
    cancel,
    drop: () => stream.destroy(),
    began: () => {
      running = 1;
    },
  });
  return {
    address,
    user: place.user,
    database: place.database,
    readable: statements.readable,
    writable: statements.writable,
    transport: 'socketPath' in target ? { kind: 'socket' } : opened.transport,
    parameters: loggedIn.parameters,
    backendKey,
    notices: loggedIn.notices,
    get roundTrips() {
      return loggedIn.roundTrips();
    },
    ended,
    cancel,
    close: async () => {
      over = true;
      const timer = setTimeout(() => stream.destroy(), goodbye);
      try {
        void client.end().catch(() => {});
        await ended;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Why a session ended by itself: the server's last words when there were some (57P01), else that the link is gone. */
function lostBecause(reason: Error | undefined, place: Place): Problem {
  return (
    recognise(reason, { ...place, phase: 'query' }) ?? {
      code: 'connection-lost',
      values: { ...place },
      ...(reason === undefined ? {} : { detail: reason.message }),
    }
  );
}
