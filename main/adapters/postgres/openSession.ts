import type { Duplex } from 'node:stream';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Problem } from '../../../contract/problem.ts';
import { recognise } from '../../problems/recognise.ts';
import type { DialTarget } from '../dial.ts';
import { requestCancel } from './cancelRequest.ts';
import type { Login } from './login.ts';
import type { PostgresOptions } from './options.ts';
import type { Notice, PostgresSession, Transport } from './session.ts';
import { Statements } from './statements.ts';
import type { Place } from './strangers.ts';

/** Milliseconds for a polite goodbye. */
const goodbye = 2000;

export function transportOf(channel: Duplex, ssl: ConnectionOptions | undefined, loggedIn: Login): Transport {
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

/** The session that a login makes: ends with the signal, with `close()`, or when the link is lost, and says which. */
export function openSession(options: PostgresOptions, opened: Opened): PostgresSession {
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
  let completed = 0;
  client.connection.on('commandComplete', () => {
    completed += 1;
  });
  const listeners = new Set<(notice: Notice) => void>();
  client.on('notice', () => {
    // The login's own listener came first and has put it at the end.
    const notice = loggedIn.notices.at(-1);
    if (notice !== undefined) for (const listener of listeners) listener(notice);
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
      completed = 0;
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
    get commandsCompleted() {
      return completed;
    },
    onNotice: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
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
