import { say, type Text, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { InPlacePlan, InPlaceReport, RestoreFrom } from '../../../contract/restoreInPlace.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { BackupSettingsService } from '../backupSettings.ts';
import type { PlacedTool, PlacesNeed } from '../backups/places.ts';
import { refusePooler } from '../backups/pooler.ts';
import type { Backups } from '../backups.ts';
import type { Connections } from '../connections.ts';
import { type Instances, passwordAccount } from '../instances.ts';
import type { ServerPauses } from '../migrations/serverPause.ts';
import { lookAtServerUse } from '../migrations/serverUse.ts';
import type { Credentials, Op, Operations } from '../ports.ts';
import { type ArchiveSource, type OpenArchive, openArchive } from './archive.ts';
import { type BackupsWithin, backupWithin } from './inPlaceBackup.ts';
import { dumpSql } from './inPlaceFeed.ts';
import { type PlanFacts, planInPlace } from './inPlacePlan.ts';
import { clearing, closing, commitGuard, opening, proving } from './inPlaceScript.ts';
import { runInOneTransaction } from './inPlaceSession.ts';
import { endBlockers, endOthers, otherSessions } from './inPlaceSessions.ts';
import { chooseInPlace, readSituation } from './inPlaceSituation.ts';
import { numbersOf, type TableRows } from './numbers.ts';
import { findRestoreTools, knowsRestrict, routeWith } from './route.ts';
import { readMachine, sessionSettings } from './sessionSettings.ts';
import { sourceOf as describeSource } from './source.ts';

export type InPlaceNeed = PlacesNeed & {
  instances: Pick<Instances, 'get'>;
  connections: Pick<Connections, 'open'>;
  credentials: Pick<Credentials, 'get'>;
  operations: Operations;
  pauses: Pick<ServerPauses, 'stop' | 'resume' | 'recover'>;
  backups: Pick<Backups, 'get' | 'folder'>;
  backupsWithin: BackupsWithin;
  /** What may open encrypted backups. */
  backupSettings: Pick<BackupSettingsService, 'keys'>;
  /** Where decrypted backups wait. */
  folder: string;
  now?: () => Date;
};

export type InPlaceWishes = {
  instanceId: string;
  from: RestoreFrom;
  /** Makes no backup of what is there now. */
  withoutSafetyBackup?: boolean;
};

export interface InPlaceRestores {
  /**
   * What a restore into the database in use would do, in numbers, and why it would be refused. Reads all of the backup; changes nothing.
   * Raises what the backup (`backup-damaged`, `encryption-key-missing` …) and the connection raise.
   */
  plan(wishes: InPlaceWishes, signal: AbortSignal): Promise<InPlacePlan>;
  /**
   * Replaces everything of Aperture in the database by the backup, in one transaction: an operation `restore` that nothing else of the
   * instance may run beside. Whatever ends it, the database is all as it was or all restored, and the server that was stopped is started.
   * `confirm`: the name of the instance. Raises `invalid-input`, `operation-busy`; the operation fails with `restore-refused`,
   * `restore-in-place-failed`, `restore-in-place-unproven`, `restore-in-place-unknown`, with what the safety backup and PostgreSQL raise.
   */
  run(wishes: InPlaceWishes & { confirm: string }): Promise<{ operationId: string; ended: Promise<OperationView> }>;
  latest(instanceId: string): InPlaceReport | undefined;
}

/** Milliseconds for one statement of the app's own session: a count or statistics of a large database. */
const longestStatement = 24 * 3_600_000;
/** Seconds that looking waits for a lock. */
const lookSeconds = 3;

const steps = [
  { name: text('restore-in-place.step.read'), weight: 2 },
  { name: text('restore-in-place.step.look'), weight: 1 },
  { name: text('restore-in-place.step.stop'), weight: 1 },
  { name: text('restore-in-place.step.backup'), weight: 6 },
  { name: text('restore-in-place.step.restore'), weight: 20 },
  { name: text('restore-in-place.step.analyze'), weight: 2 },
  { name: text('restore-in-place.step.start'), weight: 1 },
];

export function createInPlaceRestores(need: InPlaceNeed): InPlaceRestores {
  const { instances, connections, credentials, operations, pauses, now = () => new Date() } = need;
  const reports = new Map<string, InPlaceReport>();

  const open = (instance: Instance, signal: AbortSignal) =>
    connections.open(instance, { purpose: 'write', signal, queryTimeoutMs: longestStatement });

  const instanceFor = async (id: string): Promise<Instance & { connection: NonNullable<Instance['connection']> }> => {
    const instance = await instances.get(id);
    if (instance.kind === 'practice') throw new ProblemError('backup-practice', { name: instance.name });
    const { connection } = instance;
    if (connection === undefined) throw new ProblemError('invalid-input', { field: 'connection', name: instance.name });
    return { ...instance, connection };
  };

  const sourceOf = async (from: RestoreFrom, signal: AbortSignal): Promise<ArchiveSource> =>
    from.kind === 'file' ? from : { kind: 'backup', backup: await need.backups.get(from.id, signal) };

  const openBackup = async (instanceId: string, source: ArchiveSource, op: Pick<Op, 'signal' | 'log' | 'progress'>) =>
    openArchive(source, { ...need, keys: (signal) => need.backupSettings.keys(instanceId, signal) }, op);

  const look = async (
    instance: Instance,
    session: PostgresSession,
    archive: OpenArchive,
    source: ArchiveSource,
    wishes: InPlaceWishes,
    signal: AbortSignal,
  ): Promise<PlanFacts> => {
    await refusePooler(session, () => open(instance, signal));
    // Whoever holds a lock is told of and ended later; looking must not wait for them.
    await session.writable.run(`SET lock_timeout = '${lookSeconds}s'`);
    const { usable, found } = await findRestoreTools(need, instance, session.address, archive, signal);
    const use = await lookAtServerUse(session, instance.server, need.dockerHosts, signal);
    return {
      instance,
      archive,
      session,
      source: describeSource(source, archive),
      situation: await readSituation(session, archive),
      sessions: await otherSessions(session),
      container: use.container,
      tool: fitting(usable),
      found,
      folder: await need.backups.folder(instance.id),
      withoutSafetyBackup: wishes.withoutSafetyBackup === true,
    };
  };

  async function restore(wishes: InPlaceWishes, op: Op): Promise<Text> {
    const { signal } = op;
    const instance = await instanceFor(wishes.instanceId);
    op.step(0);
    for (const container of (await pauses.recover(signal)).started) {
      op.log(`${container}: left stopped by a process that was killed, started again`);
    }
    const source = await sourceOf(wishes.from, signal);
    const archive = await openBackup(instance.id, source, op);
    try {
      op.step(1);
      const session = await open(instance, signal);
      try {
        const facts = await look(instance, session, archive, source, wishes, signal);
        const plan = await planInPlace(facts);
        for (const note of plan.notes) op.log(say(note));
        if (plan.blocked.length > 0) {
          throw new ProblemError('restore-refused', { reasons: plan.blocked.map(say).join(' ') });
        }
        return await replace(instance, facts, wishes, op);
      } finally {
        await session.close();
      }
    } finally {
      await archive.close();
    }
  }

  /** With the server stopped; it is started again whatever happens. */
  async function replace(
    instance: Awaited<ReturnType<typeof instanceFor>>,
    facts: PlanFacts,
    wishes: InPlaceWishes,
    op: Op,
  ): Promise<Text> {
    const { signal } = op;
    const { session, container, source, archive } = facts;
    const began = performance.now();
    let stopped = false;
    let downFrom: number | undefined;
    let good = false;
    let outcome: Text | undefined;
    let report: InPlaceReport | undefined;
    try {
      if (instance.server !== undefined && container?.up === true) {
        op.step(2);
        op.log(`docker stop ${container.name}`);
        stopped = true;
        downFrom = performance.now();
        await pauses.stop(instance.id, instance.server, signal);
      }
      op.step(3);
      // A dump waits for locks, too.
      const { firm } = await endOthers(session);
      for (const { pid, user } of firm) op.log(`Session ${pid} of ${user} may not be ended`, 'warn');
      const label = say(text('restore-in-place.safety-label', { name: source.name })).slice(0, 200);
      const safety =
        wishes.withoutSafetyBackup === true
          ? undefined
          : await backupWithin(op, need.backupsWithin, { instanceId: instance.id, label });
      op.step(4);
      downFrom ??= performance.now();
      const counted = await transaction(instance, facts, op);
      const numbers = numbersOf(counted.tables, counted.ledger);
      op.step(5);
      await session.writable.run('ANALYZE').catch((error: unknown) => op.log(`ANALYZE: ${String(error)}`, 'warn'));
      report = {
        at: now().toISOString(),
        source,
        numbers,
        compared: archive.manifest?.tables.length ?? 0,
        ...(safety === undefined
          ? {}
          : { safetyBackup: { id: safety.id, name: safety.manifest?.file.name ?? '', path: safety.where.path } }),
        seconds: 0,
        downtimeSeconds: 0,
      };
      const { tables, rows = 0, embeddings = 0, users = 0 } = numbers;
      const safetyName = safety?.manifest?.file.name ?? 'none';
      const values = { database: session.database, name: source.name, tables, rows, embeddings, users };
      outcome = text('restore-in-place.outcome', { ...values, compared: report.compared, safety: safetyName });
      good = true;
    } finally {
      if (stopped && instance.server !== undefined) {
        op.step(6);
        op.log(`docker start ${instance.server.container}`);
        // Also when it was cancelled.
        await pauses.resume(instance.id, instance.server, AbortSignal.timeout(120_000)).catch((error: unknown) => {
          op.log(`The server could not be started again: ${error instanceof Error ? error.message : error}`, 'error');
          // What went wrong first is what has to be told.
          if (good) throw error;
        });
      }
      if (report !== undefined) {
        report.seconds = secondsSince(began);
        report.downtimeSeconds = secondsSince(downFrom ?? began);
        reports.set(instance.id, report);
      }
    }
    if (outcome === undefined) throw new Error('a restore ended without an outcome');
    return outcome;
  }

  /** All in one; answers what was counted before it was committed. */
  async function transaction(
    instance: Awaited<ReturnType<typeof instanceFor>>,
    { session, archive, situation, tool }: PlanFacts,
    op: Op,
  ): Promise<{ tables: TableRows[]; ledger: string[] | null }> {
    const { signal } = op;
    if (tool === undefined) throw new Error('a plan without a tool was not refused');
    await endOthers(session);
    const { settings } = sessionSettings(
      await readMachine(session, instance.route.kind === 'direct'),
      situation.databaseBytes,
    );
    const route = await routeWith(tool, need, instance, session.address, signal);
    const watcher = await open(instance, signal);
    let blockers: { stop(): Promise<void> } | undefined;
    try {
      const guard = commitGuard();
      const schemas = situation.schemas.filter(({ app }) => app).map(({ name }) => name);
      const { chosen } = chooseInPlace(archive.entries, situation);
      const { manifest } = archive;
      const sql = async function* () {
        yield opening(guard, {
          major: Number.parseInt(session.parameters.get('server_version') ?? '0', 10),
          // What is committed has to be on the disk.
          settings: settings.filter((setting) => !/^(?:synchronous_commit|statement_timeout|idle)/.test(setting)),
          ...(situation.role === undefined ? {} : { role: situation.role }),
        });
        yield clearing(schemas, {
          largeObjects: archive.entries.some(({ kind }) => /^(?:BLOB|LARGE OBJECT)/.test(kind)),
        });
        yield* dumpSql({ archive, route, entries: chosen, op, signal });
        yield proving(guard, schemas, manifest);
        yield closing(guard);
      };
      const { result } = await runInOneTransaction({
        route,
        settings: instance.connection,
        password: await credentials.get(passwordAccount(instance.id), signal),
        sql,
        open: (inTime) => open(instance, inTime),
        op,
        onStart: (name) => {
          blockers = endBlockers(watcher, name, (line) => op.log(line));
        },
      });
      const tables = result === undefined ? [] : (JSON.parse(result) as TableRows[]);
      return { tables, ledger: manifest?.ledger ?? null };
    } finally {
      await blockers?.stop();
      await watcher.close();
      await route.close();
    }
  }

  return {
    latest: (instanceId) => reports.get(instanceId),

    async plan(wishes, signal) {
      const instance = await instanceFor(wishes.instanceId);
      const source = await sourceOf(wishes.from, signal);
      const quiet = { signal, log: () => undefined, progress: () => undefined };
      const archive = await openBackup(instance.id, source, quiet);
      try {
        const session = await open(instance, signal);
        try {
          return await planInPlace(await look(instance, session, archive, source, wishes, signal));
        } finally {
          await session.close();
        }
      } finally {
        await archive.close();
      }
    },

    async run({ confirm, ...wishes }) {
      const instance = await instanceFor(wishes.instanceId);
      if (confirm !== instance.name) throw new ProblemError('invalid-input', { field: 'confirm', name: instance.name });
      const subject = { instanceId: instance.id, name: instance.name };
      const body = (op: Op) => restore(wishes, op);
      const { id, ended } = await operations.run('restore', subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}

/** The best that keeps a dump from running programs, since psql reads it as text. */
export function fitting(usable: readonly PlacedTool[]): PlacedTool | undefined {
  return usable.find(({ version }) => knowsRestrict(version));
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
