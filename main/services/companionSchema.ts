import { hostname } from 'node:os';
import type { CompanionSchemaState } from '../../contract/identity.ts';
import { isShared } from '../../contract/identity.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { AppLog } from '../adapters/logFile.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { companionMigrations } from './companionSchema/files.ts';
import { readHistory, writeHistory } from './companionSchema/history.ts';
import { introduce, noteWhere, readState, schemaKind } from './companionSchema/identity.ts';
import type { Connections } from './connections.ts';
import { type Instances, passwordAccount } from './instances.ts';
import { companionLedger } from './migrations/ledgers.ts';
import { requireSession } from './migrations/requireSession.ts';
import { type RunnableFile, runMigrations } from './migrations/runner.ts';
import type { Credentials, Op } from './ports.ts';

export type CompanionSchemaNeed = {
  instances: Pick<Instances, 'get' | 'update'>;
  connections: Pick<Connections, 'open' | 'openWith'>;
  credentials: Pick<Credentials, 'get'>;
  log: AppLog;
  appVersion: string;
  /** The SQL files; those of the package unless told. */
  files?: () => Promise<RunnableFile[]>;
};

export interface CompanionSchema {
  /**
   * Makes the schema in the instance's database, or brings it up to date. Only for somebody who was asked. Raises
   * `companion-schema-foreign`, `companion-schema-newer`, `permission-denied` (noted, so that it is not offered again), `pooler-unsuitable`.
   */
  ensure(instanceId: string, op: Pick<Op, 'signal' | 'log'>): Promise<CompanionSchemaState>;
  /** What is there, read only. */
  state(instanceId: string, signal: AbortSignal): Promise<CompanionSchemaState>;
  /** Takes note that the database is where it is now, on purpose. */
  settle(instanceId: string, signal: AbortSignal): Promise<CompanionSchemaState>;
  /**
   * Told of every operation as it changes. One that has ended and changed something is written into the database's history, by and by and
   * without a question; what stands in the way is logged and no more. After a successful look at a database it is found out once whether
   * another computer has made the schema there.
   */
  noticed(view: OperationView): void;
  /** Operations from the database's history, newest first; those of this computer too. Empty where there is none or nobody can log in. */
  history(instanceId: string, limit: number, signal: AbortSignal): Promise<OperationView[]>;
  /** Waits for what is being written, at most so many milliseconds. */
  flush(patience: number): Promise<void>;
}

/** Milliseconds for a look or a note that nobody waits for. */
const patience = 10_000;

export function createCompanionSchema(need: CompanionSchemaNeed): CompanionSchema {
  const { instances, connections, credentials, log, appVersion, files = companionMigrations } = need;
  /** Instances that were looked at since the start. */
  const looked = new Set<string>();
  let writing: Promise<void> = Promise.resolve();

  /** Logs in with what is known; nobody is asked for a password. */
  async function openQuietly(instance: Instance, signal: AbortSignal): Promise<PostgresSession | undefined> {
    const { connection: settings, route, kind } = instance;
    if (settings === undefined || kind === 'practice') return undefined;
    const password = await credentials.get(passwordAccount(instance.id), signal);
    if (password === undefined) return undefined;
    return connections.openWith({ settings, route, password }, { signal, purpose: 'read', queryTimeoutMs: patience });
  }

  const known = async () => (await files()).map(({ name }) => name);

  async function withSession<Result>(
    instanceId: string,
    signal: AbortSignal,
    body: (session: PostgresSession, instance: Instance) => Promise<Result>,
  ): Promise<Result> {
    const instance = await instances.get(instanceId);
    const session = await connections.open(instance, { signal, purpose: 'read' });
    try {
      return await body(session, instance);
    } finally {
      await session.close();
    }
  }

  async function mark({ id, companionSchema }: Instance, state: CompanionSchemaState): Promise<void> {
    const there = state.kind === 'there' || state.kind === 'newer';
    if (there === (companionSchema === 'there')) return;
    if (there) await instances.update(id, { companionSchema: 'there' });
    else if (companionSchema === 'there') await instances.update(id, { companionSchema: null });
  }

  async function note(view: OperationView, instanceId: string): Promise<void> {
    const instance = await instances.get(instanceId);
    if (instance.companionSchema === 'not-permitted') return;
    const isLook = instance.companionSchema === undefined;
    if (isLook ? looked.has(instanceId) || view.state !== 'succeeded' : !isShared(view)) return;
    looked.add(instanceId);
    const signal = AbortSignal.timeout(patience);
    const session = await openQuietly(instance, signal);
    if (session === undefined) return;
    try {
      let state = await readState(session, await known());
      await mark(instance, state);
      if (state.kind === 'there' && state.pending > 0) {
        // Whoever agreed to the schema agreed to its next version.
        await requireSession(session, async () => (await openQuietly(instance, signal)) ?? Promise.reject(noLogin()));
        await bringUp(session, () => undefined, signal);
        state = await readState(session, await known());
      }
      if (state.kind === 'there' && state.pending === 0 && isShared(view)) {
        await writeHistory(session, view, { host: hostname(), appVersion });
      }
    } finally {
      await session.close();
    }
  }

  async function bringUp(session: PostgresSession, tell: Op['log'], signal: AbortSignal): Promise<void> {
    const { problem } = await runMigrations(await files(), {
      session,
      ledger: companionLedger,
      signal,
      listener: {
        began: () => undefined,
        ended: ({ name, state }) => tell(`${name}: ${state}`),
        log: tell,
      },
    });
    if (problem !== undefined) throw new ProblemError(problem.code, problem.values, problem);
  }

  return {
    async ensure(instanceId, { signal, log: tell }) {
      const instance = await instances.get(instanceId);
      const session = await connections.open(instance, { signal, purpose: 'write' });
      try {
        await requireSession(session, () => connections.open(instance, { signal, purpose: 'read' }));
        const names = await known();
        const { database } = session;
        if ((await schemaKind(session)) === 'foreign') throw new ProblemError('companion-schema-foreign', { database });
        const before = await readState(session, names);
        if (before.kind === 'newer') {
          throw new ProblemError('companion-schema-newer', { database, names: before.unknown.join(', ') });
        }
        await bringUp(session, tell, signal);
        await introduce(session, { name: instance.name, appVersion });
        const state = await readState(session, names);
        await mark(instance, state);
        return state;
      } catch (error) {
        if (error instanceof ProblemError && error.problem.code === 'permission-denied') {
          await instances.update(instanceId, { companionSchema: 'not-permitted' });
        }
        throw error;
      } finally {
        await session.close();
      }
    },

    state: (instanceId, signal) =>
      withSession(instanceId, signal, async (session, instance) => {
        const state = await readState(session, await known());
        await mark(instance, state);
        return state;
      }),

    settle: (instanceId, signal) =>
      withSession(instanceId, signal, async (session) => {
        const names = await known();
        const state = await readState(session, names);
        if (state.kind !== 'there' || state.identity.place === 'same') return state;
        await noteWhere(session, appVersion);
        return readState(session, names);
      }),

    noticed(view) {
      const { instanceId } = view.subject;
      if (instanceId === undefined || view.state === 'running') return;
      writing = writing
        .then(() => note(view, instanceId))
        .catch((error: unknown) => {
          log.warn('The history in the database could not be written', { instance: instanceId }, error);
        });
    },

    async history(instanceId, limit, signal) {
      const instance = await instances.get(instanceId);
      if (instance.companionSchema !== 'there') return [];
      try {
        const session = await openQuietly(instance, AbortSignal.any([signal, AbortSignal.timeout(patience)]));
        if (session === undefined) return [];
        try {
          return await readHistory(session, instance, { limit, host: hostname() });
        } finally {
          await session.close();
        }
      } catch (error) {
        if (signal.aborted) throw error;
        log.warn('The history in the database could not be read', { instance: instanceId }, error);
        return [];
      }
    },

    async flush(milliseconds) {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      });
      await Promise.race([writing, limit]);
      clearTimeout(timer);
    },
  };
}

function noLogin(): ProblemError {
  return new ProblemError('password-required');
}
