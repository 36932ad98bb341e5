import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import {
  type HostKeys,
  type HostKeyVerdict,
  type HostKnowledge,
  judgeHostKey,
  preferredHostKeyAlgorithms,
} from '../hostKeys.ts';
import { endQuietly, SshConnection, type SshTiming } from './connection.ts';
import { speedUpCiphers } from './fastCiphers.ts';
import { algorithmOf, fingerprintOf, knownHostName } from './knownHosts.ts';
import { loadSsh2 } from './load.ts';
import { Login } from './login.ts';
import { handshakeProblem, isBusyServer, messageOf } from './problems.ts';
import { quoteArgument } from './quoting.ts';
import { encryptedFromNowOn } from './socket.ts';
import type { SshQuestions, SshTarget } from './target.ts';

export type ConnectOptions = {
  target: SshTarget;
  /** Opens the byte stream to the server; called again for each attempt. */
  openSocket: (signal: AbortSignal) => Promise<Duplex>;
  hostKeys: HostKeys;
  questions: SshQuestions;
  timing: SshTiming;
  signal: AbortSignal;
};

/** How often a server that is too busy to talk (MaxStartups), or hung up while the user was typing, is dialled again. */
const redials = 4;

/**
 * Connects and logs in. The host key is verified before anything else is said: known_hosts, the app's pins, else the user.
 * Rejects with an `ssh-…` problem, `host-unreachable` or `cancelled`.
 */
export async function connectSsh(options: ConnectOptions): Promise<SshConnection> {
  const { target, hostKeys, signal, questions } = options;
  const identity = {
    host: target.hostKeyAlias ?? target.host,
    port: target.hostKeyAlias === undefined ? target.port : 22,
    knownHostsFiles: target.knownHostsFiles,
  };
  const login = new Login(target, questions, signal);
  await login.prepare();
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) throw cancelled(signal.reason);
    const result = await attemptOnce(options, await hostKeys.about(identity), login);
    switch (result.outcome) {
      case 'connected':
        await login.accepted();
        return result.connection;
      case 'unknown-key': {
        // Nobody waits on an open connection while the user compares fingerprints: the key is kept, then dialled again.
        const { algorithm, fingerprint } = result;
        const { host, port } = identity;
        if (!(await questions.trustHostKey({ host: target.host, port: target.port, algorithm, fingerprint }, signal))) {
          throw new ProblemError('ssh-host-key-unknown', {
            host: target.host,
            port: target.port,
            algorithm,
            fingerprint,
          });
        }
        await hostKeys.pin({
          host: host.toLowerCase(),
          port,
          algorithm,
          fingerprint,
          pinnedAt: new Date().toISOString(),
        });
        break;
      }
      case 'redial':
        if (attempt >= redials) throw result.problem;
        // Random, so that several who were refused together do not come back together.
        await delay(result.wait * (0.5 + Math.random()) * attempt, undefined, { signal }).catch((error: unknown) => {
          throw cancelled(error);
        });
        break;
    }
  }
}

type Attempt =
  | { outcome: 'connected'; connection: SshConnection }
  | { outcome: 'unknown-key'; algorithm: string; fingerprint: string }
  | { outcome: 'redial'; problem: ProblemError; wait: number };

async function attemptOnce(options: ConnectOptions, knowledge: HostKnowledge, login: Login): Promise<Attempt> {
  const { target, timing, signal } = options;
  const { Client } = await loadSsh2();
  const socket = await options.openSocket(signal);
  const client = new Client();
  return new Promise<Attempt>((resolve, reject) => {
    let settled = false;
    let firstBytes = '';
    let serverSoftware = '';
    let presented: { algorithm: string; fingerprint: string } | undefined;
    let quiet = 0;
    let asked = false;

    // Ticks rather than one timer: time in which the user is being asked does not count.
    const ticks = setInterval(() => {
      if (login.waiting) {
        asked = true;
        quiet = 0;
      } else quiet += 1;
      if (quiet >= 10) finish(() => reject(new ProblemError('ssh-timeout', { host: target.host, port: target.port })));
    }, timing.handshake / 10);
    const aborted = () => finish(() => reject(cancelled(signal.reason)));
    signal.addEventListener('abort', aborted, { once: true });

    const settle = () => {
      settled = true;
      clearInterval(ticks);
      signal.removeEventListener('abort', aborted);
      socket.off('data', sniff);
    };
    function finish(answer: () => void): void {
      if (settled) return;
      settle();
      endQuietly(client, socket);
      answer();
    }
    const fail = (error: unknown) => finish(() => reject(error));
    function sniff(bytes: Buffer): void {
      firstBytes = (firstBytes + bytes.toString('latin1')).slice(0, 200);
      serverSoftware ||= /(?:^|\n)SSH-[\d.]+-([^\r\n]*)/.exec(firstBytes)?.[1] ?? '';
    }

    const broke = (error: unknown) => {
      if (settled) return;
      // An agent that fails one signature: the library goes on with the next key by itself.
      if ((error as { level?: string }).level === 'agent') return;
      const busy = isBusyServer(firstBytes);
      if (busy || login.waiting || asked || firstBytes === '') {
        const problem = busy
          ? new ProblemError(
              'ssh-session-limit',
              { host: target.host, port: target.port },
              { detail: firstBytes.trim() },
            )
          : handshakeProblem(error, target, firstBytes);
        const wait = busy ? 400 : 100;
        if (login.waiting)
          void untilAnswered(login, signal).then(() => finish(() => resolve({ outcome: 'redial', problem, wait })));
        else finish(() => resolve({ outcome: 'redial', problem, wait }));
        return;
      }
      if (/too many authentication failures/i.test(messageOf(error))) {
        const values = { user: target.user, host: target.host, offered: 'publickey', tried: 'publickey' };
        fail(new ProblemError('ssh-authentication-failed', values, { detail: messageOf(error), cause: error }));
        return;
      }
      fail(handshakeProblem(error, target, firstBytes));
    };
    // After each exchange of keys, the first and every later one.
    client.on('handshake', () => {
      speedUpCiphers(client);
      socket.emit(encryptedFromNowOn);
    });
    client.on('error', broke);
    client.on('close', () => broke(new Error('the server closed the connection')));
    client.on('end', () => broke(new Error('the server ended the connection')));
    client.on('ready', () => {
      if (settled) return;
      settle();
      client.removeAllListeners('error');
      client.removeAllListeners('close');
      client.removeAllListeners('end');
      resolve({
        outcome: 'connected',
        connection: new SshConnection(client, socket, target, timing, {
          serverSoftware,
          fingerprint: presented?.fingerprint ?? '',
        }),
      });
    });

    try {
      client.connect({
        sock: socket as never,
        username: target.user,
        // Deadlines and keepalive are ours: the library's own count the time in which the user is being asked.
        readyTimeout: 0,
        keepaliveInterval: timing.ping,
        keepaliveCountMax: Number.MAX_SAFE_INTEGER,
        // Unix sockets are forwarded by servers other than OpenSSH too.
        strictVendor: false,
        algorithms: {
          serverHostKey: preferredHostKeyAlgorithms(knowledge) as ServerHostKeyAlgorithm[],
          // AES-GCM runs in OpenSSL alone; everything else costs a second pass for the MAC.
          cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
          compress: ['none'],
        },
        hostVerifier: (key: Buffer, verify: (trusted: boolean) => void) => {
          const algorithm = algorithmOf(key);
          const fingerprint = fingerprintOf(key);
          if (presented !== undefined) {
            // A new key exchange on the same connection must show the same key.
            verify(presented.fingerprint === fingerprint);
            return;
          }
          presented = { algorithm, fingerprint };
          const verdict = judgeHostKey(knowledge, algorithm, key);
          if (verdict.outcome === 'known') {
            verify(true);
            return;
          }
          finish(() => {
            if (verdict.outcome === 'unknown') resolve({ outcome: 'unknown-key', algorithm, fingerprint });
            else reject(hostKeyProblem(verdict, target, knowledge, algorithm, fingerprint));
          });
        },
        authHandler: login.handler(fail),
      });
      socket.on('data', sniff);
    } catch (error) {
      fail(error);
    }
  });
}

async function untilAnswered(login: Login, signal: AbortSignal): Promise<void> {
  while (login.waiting && !signal.aborted) await delay(50);
}

function hostKeyProblem(
  verdict: Extract<HostKeyVerdict, { outcome: 'changed' | 'revoked' }>,
  target: SshTarget,
  knowledge: HostKnowledge,
  algorithm: string,
  fingerprint: string,
): ProblemError {
  const { host, port } = target;
  if (verdict.outcome === 'revoked') {
    return new ProblemError('ssh-host-key-revoked', { host, port, fingerprint, source: verdict.source });
  }
  const same = verdict.expected.find((expected) => expected.algorithm === algorithm) ?? verdict.expected[0];
  const name = knownHostName(knowledge.identity.host, knowledge.identity.port);
  const fixes: Fix[] = verdict.fromPins
    ? []
    : [
        {
          kind: 'paste',
          title: text('ssh.fix.forget-known-host.title'),
          language: 'shell',
          where: text('ssh.fix.forget-known-host.where'),
          snippet: `ssh-keygen -R ${quoteArgument(name)} -f ${quoteArgument((same?.source ?? '').replace(/:\d+$/, ''))}`,
        },
      ];
  const values = { host, port, algorithm, fingerprint, expected: same?.fingerprint ?? '', source: same?.source ?? '' };
  return new ProblemError('ssh-host-key-changed', values, { fixes });
}
