import { setTimeout as delay } from 'node:timers/promises';
import { say, type Text, text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { PendingRestore, RestorePlan, RestoreReport, RestoreState } from '../../contract/restore.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { BackupSettingsService } from './backupSettings.ts';
import type { Backups } from './backups.ts';
import type { CompanionSchema } from './companionSchema.ts';
import type { Instances } from './instances.ts';
import type { ServerPauses } from './migrations/serverPause.ts';
import type { OperationsService } from './operations/operations.ts';
import type { Credentials, Op } from './ports.ts';
import { type ArchiveNeed, openArchive } from './restores/archive.ts';
import { asSideDatabase, readDatabases } from './restores/databases.ts';
import { dropBeside } from './restores/dropBeside.ts';
import { requireHealthy } from './restores/health.ts';
import { fromMaintenance, requireMaintenance } from './restores/maintenance.ts';
import { makeBeside, markReady } from './restores/makeBeside.ts';
import { changedTables, manifestNumbers, numbersOf } from './restores/numbers.ts';
import { sessionSettings } from './restores/sessionSettings.ts';
import { type SourceRequest, sourceFor, sourceOf } from './restores/source.ts';
import { standingOf } from './restores/standing.ts';
import { requirePossible, type SurveyNeed, survey } from './restores/survey.ts';
import { type SwapNeed, type Swapped, swap } from './restores/swap.ts';
import type { Servers } from './servers.ts';

export type RestoreRequest = SourceRequest & {
  /** Days for which the database that is there now is kept; 7 unless told. */
  keepDays?: number;
};

type Begun = { id: string; ended: Promise<OperationView> };

export interface Restores {
  /**
   * What a restore would do, in numbers, with a verdict for each thing that it needs. Reads the backup to its end; changes nothing.
   * Raises `restore-no-backup`, `backup-damaged`, `backup-key-wrong`, what keeps the app from the server.
   */
  plan(request: RestoreRequest, signal: AbortSignal): Promise<RestorePlan>;
  /**
   * Restores into a database beside, proves it, and puts it in the place of the one in use: an operation `restore`, exclusive for the
   * instance. Until the exchange nothing of the database in use is touched; afterwards it is kept beside.
   */
  run(request: RestoreRequest): Promise<Begun & { report: Promise<RestoreReport | undefined> }>;
  /** What restores have left on the server, told by the server itself, and what can be done about each. */
  state(instanceId: string, signal: AbortSignal): Promise<RestoreState>;
  /** Puts a kept database back; the newest unless named. An operation `restore-undo`. */
  undo(instanceId: string, name?: string): Promise<Begun>;
  /** Puts a restored database that waits for it in the place of the one in use; the newest unless named. */
  resume(instanceId: string, name?: string): Promise<Begun>;
  /** Removes what restores that were killed have not finished, and starts servers that they left stopped. */
  clean(instanceId: string): Promise<Begun>;
  /** Removes one database for good, a kept one only while the one in use is healthy. */
  remove(instanceId: string, name: string): Promise<Begun>;
}

export type RestoresNeed = SurveyNeed &
  SwapNeed & {
    instances: Pick<Instances, 'get'>;
    backups: Pick<Backups, 'get' | 'newestVerified'>;
    backupSettings: Pick<BackupSettingsService, 'keys'>;
    credentials: Pick<Credentials, 'get'>;
    operations: Pick<OperationsService, 'run' | 'list'>;
    servers: Pick<Servers, 'waitUntilReady' | 'status'>;
    pauses: ServerPauses;
    companionSchema: Pick<CompanionSchema, 'settle'>;
    /** Where decrypted backups wait. */
    folder: string;
    now?: () => Date;
  };

const usualKeepDays = 7;
const day = 24 * 3_600_000;
/** Milliseconds between the making of a database and its note, generously. */
const noteDelay = 2_000;
/** Milliseconds for clearing up when the operation itself was cancelled. */
const patience = 60_000;
/** Bytes of database that are restored in a second where nothing is known. */
const usualRate = 12_000_000;

const weights: [Parameters<typeof text>[0], number][] = [
  ['restore.step.read', 2],
  ['restore.step.check', 1],
  ['restore.step.create', 1],
  ['restore.step.restore', 30],
  ['restore.step.verify', 4],
  ['restore.step.stop', 1],
  ['restore.step.exchange', 1],
  ['restore.step.start', 2],
];
const restoreSteps = weights.map(([key, weight]) => ({ name: text(key), weight }));
const swapSteps = [{ name: text('restore.step.look'), weight: 1 }, ...restoreSteps.slice(5)];
const cleanSteps = [{ name: text('restore.step.remove'), weight: 1 }];

export function createRestores(need: RestoresNeed): Restores {
  const { instances, connections, operations, now = () => new Date() } = need;

  const instanceFor = async (id: string): Promise<Instance & { database: string }> => {
    const instance = await instances.get(id);
    if (instance.kind === 'practice') throw new ProblemError('backup-practice', { name: instance.name });
    if (instance.connection === undefined) {
      throw new ProblemError('invalid-input', { field: 'connection', name: instance.name });
    }
    return { ...instance, database: instance.connection.database };
  };

  const withOther = <Result>(
    instance: Instance,
    signal: AbortSignal,
    body: (session: PostgresSession) => Promise<Result>,
  ): Promise<Result> => fromMaintenance(connections, instance, signal, body);

  const archiveNeed = (instance: Instance): ArchiveNeed => ({
    ...need,
    keys: (signal) => need.backupSettings.keys(instance.id, signal),
  });

  const besideOf = async (
    instance: Instance & { database: string },
    signal: AbortSignal,
  ): Promise<PendingRestore[]> => {
    const { beside } = await withOther(instance, signal, (session) => readDatabases(session, instance.database));
    const known = beside.length === 0 ? [] : await operations.list({ instanceId: instance.id, limit: 1000 });
    return beside.map((found) => standingOf(asSideDatabase(found, instance.database), known, now()));
  };

  /**
   * PostgreSQL goes on making a database for a client that is gone, and shows it when it is done. One without a note may be another
   * computer's that gets its note this very moment.
   */
  const leftUnfinished = async (instance: Instance & { database: string }, signal: AbortSignal) => {
    await withOther(instance, signal, untilNoneIsMade);
    const looked = (await besideOf(instance, signal)).filter(({ standing }) => standing === 'unfinished');
    if (looked.every(({ operationId }) => operationId !== '')) return looked;
    await delay(noteDelay, undefined, { signal });
    const again = (await besideOf(instance, signal)).filter(({ standing }) => standing === 'unfinished');
    return again.filter(({ oid }) => looked.some((one) => one.oid === oid));
  };

  /** The newest of these standings, or the one with the name. */
  const choose = (
    all: readonly PendingRestore[],
    standings: readonly PendingRestore['standing'][],
    name: string | undefined,
  ): PendingRestore | undefined => {
    if (name !== undefined) {
      const found = all.find((one) => one.name === name);
      if (found === undefined) throw new ProblemError('restore-side-missing', { name });
      if (found.standing === 'running') throw new ProblemError('restore-side-in-use', { name });
      return standings.includes(found.standing) ? found : undefined;
    }
    return all.filter(({ standing }) => standings.includes(standing)).sort((a, b) => b.since.localeCompare(a.since))[0];
  };

  /** After the exchange the data is somewhere else on purpose. */
  const settle = async ({ id, companionSchema }: Instance, op: Op) => {
    if (companionSchema !== 'there') return;
    try {
      await need.companionSchema.settle(id, AbortSignal.timeout(patience));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      op.log(`the companion's own schema does not know yet where it is: ${error.message}`, 'warn');
    }
  };

  const exchangeFor = async (
    instance: Instance & { database: string },
    wish: { nextOid: number; asideState: 'kept' | 'ready'; keepDays?: number },
    op: Op,
    steps: readonly [number, number, number],
  ): Promise<Swapped> => {
    const { keepDays, ...rest } = wish;
    const swapped = await swap(need, {
      instance,
      open: (signal) => requireMaintenance(connections, instance, signal),
      wish: {
        ...rest,
        database: instance.database,
        ...(keepDays === undefined ? {} : { keepUntil: new Date(now().getTime() + keepDays * day).toISOString() }),
      },
      now,
      op,
      steps,
    });
    // A server that a killed restore had stopped was down before this one looked.
    await need.pauses.recover(AbortSignal.timeout(patience));
    await settle(instance, op);
    return swapped;
  };

  const restore = async (request: RestoreRequest, op: Op): Promise<RestoreReport> => {
    const started = performance.now();
    const instance = await instanceFor(request.instanceId);
    const source = await sourceFor(need.backups, request, instance, op.signal);
    op.step(0);
    const archive = await openArchive(source, archiveNeed(instance), op);
    try {
      op.step(1);
      const looked = await survey(need, instance, archive, op.signal);
      for (const { status, evidence } of looked.verdicts) op.log(`${status}: ${say(evidence)}`);
      requirePossible(looked.verdicts);
      const made = await makeBeside(
        need,
        { instance, archive, looked, op, now },
        {
          create: 2,
          restore: 3,
          verify: 4,
        },
      );
      await markReady(need, instance, made, now());
      const { side, proof, ignored } = made;
      const before = looked.facts.target.database;
      const keepDays = request.keepDays ?? usualKeepDays;
      const swapped = await exchangeFor(instance, { nextOid: side.oid, asideState: 'kept', keepDays }, op, [5, 6, 7]);
      const until = new Date(now().getTime() + keepDays * day).toISOString();
      return {
        at: now().toISOString(),
        source: sourceOf(source, archive),
        proof,
        kept: { name: swapped.asideName, bytes: before.bytes, until },
        seconds: Math.round((performance.now() - started) / 100) / 10,
        downtimeSeconds: swapped.downtimeSeconds,
        ignored,
        ...(swapped.server === undefined ? {} : { server: swapped.server }),
      };
    } finally {
      await archive.close();
    }
  };

  const subjectOf = async (instanceId: string) => {
    const { id, name } = await instanceFor(instanceId);
    return { instanceId: id, name };
  };

  return {
    async plan(request, signal) {
      const instance = await instanceFor(request.instanceId);
      const source = await sourceFor(need.backups, request, instance, signal);
      const watch = { signal, log: () => undefined, progress: () => undefined };
      const archive = await openArchive(source, archiveNeed(instance), watch);
      try {
        const { facts, verdicts, rows, machine } = await survey(need, instance, archive, signal);
        const { manifest, contents } = archive;
        const { usable } = facts.tool;
        const { jobs } = sessionSettings(machine, facts.neededBytes);
        return {
          instanceId: instance.id,
          instance: instance.name,
          database: instance.database,
          source: sourceOf(source, archive),
          backup: manifest === undefined ? { tables: contents.tables.length } : manifestNumbers(manifest),
          now: numbersOf(rows.tables, facts.ledgerNow),
          nowExact: rows.exact,
          changes: manifest === undefined ? [] : changedTables(manifest.tables, rows.tables),
          databaseBytes: facts.target.database.bytes,
          neededBytes: facts.neededBytes,
          ...(usable === undefined ? {} : { tool: { version: usable.version, place: usable.place, jobs } }),
          verdicts,
          possible: verdicts.every(({ status }) => status !== 'fail'),
          estimatedSeconds: Math.max(2, Math.ceil(facts.neededBytes / usualRate)),
          keepDays: request.keepDays ?? usualKeepDays,
        };
      } finally {
        await archive.close();
      }
    },

    async run(request) {
      const subject = await subjectOf(request.instanceId);
      let report: RestoreReport | undefined;
      const body = async (op: Op): Promise<Text> => {
        report = await restore(request, op);
        return outcomeOf(report);
      };
      const begun = await operations.run('restore', subject, restoreSteps, body, { exclusive: true });
      return { ...begun, report: begun.ended.then(() => report) };
    },

    async state(instanceId, signal) {
      const instance = await instanceFor(instanceId);
      const left = await need.pauses.left();
      return {
        instanceId,
        databases: await besideOf(instance, signal),
        stoppedServers: left.filter((one) => one.instanceId === instanceId).map(({ place }) => place.container),
      };
    },

    async undo(instanceId, name) {
      const instance = await instanceFor(instanceId);
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const side = choose(await besideOf(instance, op.signal), ['kept', 'expired'], name);
        if (side === undefined) throw new ProblemError('restore-nothing-kept', { database: instance.database });
        const swapped = await exchangeFor(instance, { nextOid: side.oid, asideState: 'ready' }, op, [1, 2, 3]);
        const key = swapped.server?.problem === undefined ? 'restore.outcome.undone' : 'restore.outcome.undone.slow';
        return text(key, { database: instance.database, aside: swapped.asideName });
      };
      const subject = { instanceId, name: instance.name };
      return operations.run('restore-undo', subject, swapSteps, body, { exclusive: true });
    },

    async resume(instanceId, name) {
      const instance = await instanceFor(instanceId);
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const side = choose(await besideOf(instance, op.signal), ['ready'], name);
        if (side === undefined) throw new ProblemError('restore-nothing-ready', { database: instance.database });
        const wish = { nextOid: side.oid, asideState: 'kept', keepDays: usualKeepDays } as const;
        const swapped = await exchangeFor(instance, wish, op, [1, 2, 3]);
        const key = swapped.server?.problem === undefined ? 'restore.outcome.resumed' : 'restore.outcome.resumed.slow';
        return text(key, { database: instance.database, kept: swapped.asideName });
      };
      const subject = { instanceId, name: instance.name };
      return operations.run('restore', subject, swapSteps, body, { exclusive: true });
    },

    async clean(instanceId) {
      const instance = await instanceFor(instanceId);
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const { started, failed } = await need.pauses.recover(op.signal);
        for (const container of started) op.log(`${container} was started again`);
        const unfinished = await leftUnfinished(instance, op.signal);
        await withOther(instance, op.signal, async (session) => {
          for (const side of unfinished) {
            await dropBeside(session, instance.database, side);
            op.log(`${side.name} was removed`);
          }
        });
        for (const { error } of failed) throw error;
        return text('restore.outcome.cleaned', { removed: unfinished.length, started: started.length });
      };
      const subject = { instanceId, name: instance.name };
      return operations.run('restore-clean', subject, cleanSteps, body, { exclusive: true });
    },

    async remove(instanceId, name) {
      const instance = await instanceFor(instanceId);
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const all = await besideOf(instance, op.signal);
        const side = choose(all, ['unfinished', 'ready', 'kept', 'expired'], name);
        if (side === undefined) throw new ProblemError('restore-side-missing', { name });
        if (side.standing === 'kept' || side.standing === 'expired') await requireHealthy(need, instance, op.signal);
        await withOther(instance, op.signal, (session) => dropBeside(session, instance.database, side));
        return text('restore.outcome.removed', { name });
      };
      const subject = { instanceId, name: instance.name };
      return operations.run('restore-clean', subject, cleanSteps, body, { exclusive: true });
    },
  };
}

/** Waits for what servers do for clients that may be gone, half a minute at most. */
async function untilNoneIsMade({ readable }: PostgresSession): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    const [row] = await readable.read<{ making: number }>(
      `SELECT count(*)::int AS making FROM pg_stat_activity
       WHERE state = 'active' AND query LIKE 'CREATE DATABASE %\\_companion\\_%' AND pid <> pg_backend_pid()`,
    );
    if (row?.making === 0) return;
    await delay(100);
  }
}

function outcomeOf({ source, proof, kept, server }: RestoreReport): Text {
  const { tables, rows = 0, embeddings = 0, users = 0 } = proof.numbers;
  const values = {
    name: source.name,
    tables,
    rows,
    embeddings,
    users,
    compared: proof.compared,
    kept: kept?.name ?? '',
  };
  return text(server?.problem === undefined ? 'restore.outcome' : 'restore.outcome.slow', values);
}
