import type { ConnectionReport, ConnectionSettings, Route } from '../../contract/connection.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Problem } from '../../contract/problem.ts';
import type { Dial } from '../adapters/dial.ts';
import { connectPostgres } from '../adapters/postgres/connectPostgres.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import type { Phase } from '../problems/context.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { type PassphraseSource, readClientIdentity } from './connections/clientIdentity.ts';
import { explainProblem } from './connections/explainLogin.ts';
import { askWhileRefused, keepWherePossible, type PasswordSource } from './connections/passwords.ts';
import { changedBySaslPrep } from './connections/saslPrep.ts';
import { tryConnection } from './connections/tryConnection.ts';
import { passwordAccount } from './instances.ts';
import type { Ask, Credentials, Emit, Op, Operations } from './ports.ts';
import { pgTls } from './renderings.ts';

export type Login = { user: string; password: string };

export type OpenOptions = {
  /** Ends the session, too. */
  signal: AbortSignal;
  /** `write` refuses a standby at once, instead of at the first statement. */
  purpose: 'read' | 'write';
  /** An administrator's login instead of the instance's own: used for this once, never stored, never asked for. */
  login?: Login;
  /** Milliseconds for one statement; a minute unless told. */
  queryTimeoutMs?: number;
};

/** The practice database's address and password; starts it when it doesn't run. */
export type PracticeConnection = (
  instance: Instance,
  signal: AbortSignal,
) => Promise<{ settings: ConnectionSettings; password: string }>;

export type ConnectionsNeed = {
  instances: { get(id: string): Promise<Instance> };
  credentials: Credentials;
  ask: Ask;
  operations: Operations;
  /** A route's end, as something to dial from. Rejects with `ssh-…` problems. */
  dialFor: (route: Route, signal: AbortSignal) => Promise<Dial>;
  practice?: PracticeConnection;
  emit: Emit;
};

export interface Connections {
  /**
   * Logs in to the instance's database. Asks for the password when there is none or it is wrong, if somebody can answer, three
   * times at most. Rejects with what stopped it. The caller closes the session.
   */
  open(instance: Instance, options: OpenOptions): Promise<PostgresSession>;
  /** The same without an instance, for the command line; nothing is asked. */
  openWith(target: Target, options: OpenOptions): Promise<PostgresSession>;
  /**
   * The reason behind a refused login, looked up with an administrator's login, which is used for this once: an expired or missing role
   * behind `password-wrong`, where the file is behind `pg-hba-refused`. The problem itself when there is nothing more to know.
   */
  explain(instance: Instance, problem: Problem, login: Login, signal: AbortSignal): Promise<Problem>;
  /** Tries an instance's settings as an operation. The report comes as an event, and with `latest`. */
  test(instanceId: string): Promise<{ operationId: string }>;
  /** The last test's report since the app started. */
  latest(instanceId: string): ConnectionReport | undefined;
  /** Drops the last report: the settings that it is about have changed. */
  forget(instanceId: string): void;
  /** Tries settings without an instance. Everything expected ends up in the report; rejects when cancelled or unexpected. */
  tryOnce(target: Target, signal: AbortSignal): Promise<ConnectionReport>;
}

/** A database that is no instance (yet). */
export type Target = {
  settings: ConnectionSettings;
  route: Route;
  password?: string;
  /** For an encrypted client key. */
  passphrases?: PassphraseSource;
};

const steps = [
  { name: { key: 'connecting.step.dial' }, weight: 3 },
  { name: { key: 'connecting.step.encryption' }, weight: 1 },
  { name: { key: 'connecting.step.login' }, weight: 1 },
  { name: { key: 'connecting.step.recognise' }, weight: 1 },
] as const;

const stepOf: Record<Phase, number> = { dial: 0, 'ssl-answer': 1, tls: 1, login: 2, query: 3 };

const minute = 60_000;

const normalised =
  'The password has characters that PostgreSQL normalises (SASLprep). The Aperture server’s driver does not, and will be refused; choose another password.';

export function createConnections(need: ConnectionsNeed): Connections {
  const { instances, credentials, ask, operations, dialFor, practice, emit } = need;
  const reports = new Map<string, ConnectionReport>();

  async function connect(
    { settings, route, ...target }: Target,
    options: OpenOptions & { password: string | undefined; instance?: Instance; onPhase?: (phase: Phase) => void },
  ): Promise<PostgresSession> {
    const { login, signal } = options;
    const passphrases = options.instance === undefined ? target.passphrases : passphrasesOf(options.instance);
    const identity = await readClientIdentity(settings.tls, passphrases, signal);
    const dial = await dialFor(route, signal);
    const password = login?.password ?? options.password;
    const session = await connectPostgres({
      settings: login === undefined ? settings : { ...settings, user: login.user },
      ...(password === undefined ? {} : { password }),
      dial,
      tlsFor: (host) => pgTls(settings.tls, host, identity),
      signal,
      queryTimeoutMs: options.queryTimeoutMs ?? minute,
      ...(options.onPhase === undefined ? {} : { onPhase: options.onPhase }),
    });
    if (options.purpose === 'write' && session.parameters.get('in_hot_standby') === 'on') {
      await session.close();
      throw new ProblemError('server-in-recovery', {
        ...session.address,
        user: session.user,
        database: session.database,
      });
    }
    return session;
  }

  async function targetOf(instance: Instance, signal: AbortSignal): Promise<Target> {
    if (instance.kind === 'practice' && practice !== undefined) {
      return { ...(await practice(instance, signal)), route: { kind: 'direct' } };
    }
    if (instance.connection === undefined) {
      throw new ProblemError('invalid-input', { field: 'connection', name: instance.name });
    }
    return { settings: instance.connection, route: instance.route };
  }

  function passphrasesOf({ id, name }: Instance): PassphraseSource {
    const account = `tls-key-passphrase:${id}` as const;
    return {
      stored: (signal) => credentials.get(account, signal),
      ask,
      keep: (passphrase, place) => keepWherePossible(place, (at) => credentials.set(account, passphrase, at, name)),
    };
  }

  function passwordsOf(instance: Instance, target: Target): PasswordSource {
    const account = passwordAccount(instance.id);
    return {
      stored: (signal) =>
        target.password === undefined ? credentials.get(account, signal) : Promise.resolve(target.password),
      ask,
      keep: (password, place, warn) =>
        keepWherePossible(place, (at) => credentials.set(account, password, at, instance.name), warn),
      question: {
        instanceId: instance.id,
        user: target.settings.user,
        database: target.settings.database,
        host: target.settings.hosts[0]?.host ?? '',
      },
    };
  }

  async function open(instance: Instance, options: OpenOptions): Promise<PostgresSession> {
    const target = await targetOf(instance, options.signal);
    if (options.login !== undefined) return connect(target, { ...options, password: undefined, instance });
    return askWhileRefused(passwordsOf(instance, target), options.signal, (password) =>
      connect(target, { ...options, password, instance }),
    );
  }

  async function attempt(
    target: Target,
    instance: Instance | undefined,
    signal: AbortSignal,
    op?: Op,
  ): Promise<ConnectionReport> {
    let furthest = -1;
    const onPhase = (phase: Phase) => {
      if (stepOf[phase] <= furthest) return;
      furthest = stepOf[phase];
      op?.step(furthest);
    };
    onPhase('dial');
    return tryConnection({
      settings: target.settings,
      kind: instance?.kind ?? 'external',
      signal,
      dial: () => dialFor(target.route, signal),
      onPhase,
      log: (line, level) => op?.log(line, level),
      connect: () => {
        const connectWith = async (password: string | undefined) => {
          const session = await connect(target, {
            signal,
            purpose: 'read',
            password,
            onPhase,
            ...(instance === undefined ? {} : { instance }),
          });
          if (password !== undefined && changedBySaslPrep(password)) op?.log(normalised, 'warn');
          return session;
        };
        if (instance === undefined) return connectWith(target.password);
        return askWhileRefused(passwordsOf(instance, target), signal, connectWith, (line) => op?.log(line, 'warn'));
      },
    });
  }

  return {
    open,
    async explain(instance, problem, login, signal) {
      const target = await targetOf(instance, signal);
      // The instance's own database may be what is missing; this one is everywhere.
      const settings = { ...target.settings, database: 'postgres' };
      const options = { signal, purpose: 'read', login, password: undefined, instance } as const;
      const session = await connect({ ...target, settings }, options);
      try {
        return await explainProblem(problem, session);
      } finally {
        await session.close();
      }
    },
    openWith: (target, options) => connect(target, { ...options, password: target.password }),
    latest: (instanceId) => reports.get(instanceId),
    forget: (instanceId) => void reports.delete(instanceId),
    tryOnce: (target, signal) => attempt(target, undefined, signal),
    async test(instanceId) {
      const instance = await instances.get(instanceId);
      const { id } = await operations.run('connect', { instanceId, name: instance.name }, [...steps], async (op) => {
        const report = await attempt(await targetOf(instance, op.signal), instance, op.signal, op);
        reports.set(instanceId, report);
        emit('connection.report', { operationId: op.id, instanceId, report });
        const { problem, address, server } = report;
        if (problem !== undefined) throw new ProblemError(problem.code, problem.values, { ...problem });
        return {
          key: 'connecting.outcome.connected',
          values: { host: address?.host ?? '', version: server?.version ?? '', milliseconds: report.milliseconds },
        };
      });
      return { operationId: id };
    },
  };
}
