import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Phase } from '../../problems/context.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { recognise } from '../../problems/recognise.ts';
import { offersEncryptedEntry } from './encryptedEntry.ts';
import { login } from './login.ts';
import { asksForTls, startTls, tolerateLateErrors } from './negotiate.ts';
import { openSession, transportOf } from './openSession.ts';
import { type PostgresOptions, targetOf } from './options.ts';
import type { PostgresSession } from './session.ts';
import type { Place } from './strangers.ts';

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
