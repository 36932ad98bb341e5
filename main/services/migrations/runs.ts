import { type Text, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { MigrationPreview, MigrationSource, RehearsalReport } from '../../../contract/migration.ts';
import type { MigrationRunPlan, MigrationRunReport, VerifiedBackup } from '../../../contract/migrationRun.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { type Grammar, loadGrammar } from '../../adapters/sqlGrammar.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Connections } from '../connections.ts';
import { databaseTarget } from '../databaseTarget.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import { createPlans } from '../plans.ts';
import type { Emit, Op, Operations } from '../ports.ts';
import { sweepCopies } from './copies.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { serverLedger } from './ledgers.ts';
import { previewFiles } from './preview/preview.ts';
import { splitStatements } from './preview/statements.ts';
import { rehearse } from './rehearsal.ts';
import { requireSession } from './requireSession.ts';
import { blockedBy, destroyedBy, notesOf } from './runNotes.ts';
import { type RunnerLimits, runMigrations, usualLimits } from './runner.ts';
import type { DumpSchema } from './schemaDump.ts';
import type { ServerPauses } from './serverPause.ts';
import { lookAtServerUse, serverRunning, serverSessions, sessionWords, waitUntilUnused } from './serverUse.ts';
import { type MigrationFile, type MigrationsRead, readMigrations } from './source.ts';
import { pendingFiles } from './status.ts';

export type MigrationRunsNeed = {
  instances: { get(id: string): Promise<Instance> };
  connections: Pick<Connections, 'open'>;
  dockerHosts: Pick<DockerHosts, 'engine'>;
  pauses: ServerPauses;
  operations: Operations;
  emit: Emit;
  /** The newest backup of an instance that was read to its end. Without this there is none. */
  newestVerifiedBackup?: (instanceId: string, signal: AbortSignal) => Promise<VerifiedBackup | undefined>;
  /** For rehearsals where somebody is logged in. */
  dumpSchema?: DumpSchema;
  limits?: RunnerLimits;
  now?: () => Date;
};

export type RunWishes = {
  /** Stops the server for the time that it takes and starts it again, whatever happens. */
  stopServer: boolean;
  /** Runs what destroys data although there is no verified backup. */
  withoutBackup: boolean;
  /** Seconds for one statement; no limit unless told. */
  statementSeconds?: number;
};

type Begun = Promise<{ operationId: string; ended: Promise<OperationView> }>;

export interface MigrationRuns {
  /** What a run would apply, and what stands in its way. Changes nothing. Raises what the source and the database raise. */
  plan(instanceId: string, source: MigrationSource, signal: AbortSignal): Promise<MigrationRunPlan>;
  /**
   * Applies what was planned, as an operation that nothing else of the instance may run beside. Raises `plan-missing`, `plan-stale`,
   * `operation-busy`; the operation fails with `migrations-server-running`, `migrations-destroy-data`, `migration-failed` …
   */
  run(planId: string, wishes: RunWishes): Begun;
  /** Applies what is pending to a copy that is removed again. The report comes as an event, and with `latestRehearsal`. */
  rehearse(instanceId: string, source: MigrationSource): Begun;
  latestRun(instanceId: string): MigrationRunReport | undefined;
  latestRehearsal(instanceId: string): RehearsalReport | undefined;
}

type Detail = {
  instanceId: string;
  target: string;
  read: MigrationsRead;
  pending: MigrationFile[];
  preview: MigrationPreview[];
};

/** Milliseconds for one statement: building an index may take hours. */
const longestStatement = 24 * 3600_000;
/** Seconds that sessions of a server that was stopped get to vanish. */
const goodbye = 20;

const steps = [
  { name: text('migrate.step.look'), weight: 1 },
  { name: text('migrate.step.stop'), weight: 1 },
  { name: text('migrate.step.apply'), weight: 8 },
  { name: text('migrate.step.start'), weight: 1 },
];
const rehearsalSteps = [
  { name: text('rehearse.step.copy'), weight: 4 },
  { name: text('rehearse.step.count'), weight: 1 },
  { name: text('rehearse.step.apply'), weight: 6 },
  { name: text('rehearse.step.drop'), weight: 1 },
];

export function createMigrationRuns(need: MigrationRunsNeed): MigrationRuns {
  const { instances, connections, dockerHosts, pauses, operations, emit, now = () => new Date() } = need;
  const plans = createPlans<Detail>({ now });
  const runs = new Map<string, MigrationRunReport>();
  const rehearsals = new Map<string, RehearsalReport>();
  let loading: Promise<Grammar> | undefined;
  const grammar = () => {
    loading ??= loadGrammar();
    return loading;
  };
  const split = async (sql: string) => splitStatements(await grammar(), '', sql).statements;

  const open = (instance: Instance, signal: AbortSignal, purpose: 'read' | 'write' = 'write') =>
    connections.open(instance, { signal, purpose, queryTimeoutMs: longestStatement });
  const read = (instance: Instance, source: MigrationSource, signal: AbortSignal) =>
    readMigrations(source, {
      dockerHosts,
      signal,
      ...(instance.server === undefined ? {} : { server: instance.server }),
    });

  /** Counts only when it has the schema that the migrations start from; by time alone where it doesn't say. */
  async function backupOf(
    instanceId: string,
    { rows }: Ledger,
    signal: AbortSignal,
  ): Promise<VerifiedBackup | undefined> {
    const backup = await need.newestVerifiedBackup?.(instanceId, signal);
    if (backup === undefined) return undefined;
    const { ledger, at } = backup;
    if (ledger !== undefined) {
      const same = ledger.length === rows.length && rows.every(({ name }) => ledger.includes(name));
      return same ? backup : undefined;
    }
    const last = rows.reduce((latest, { appliedAt = '' }) => (appliedAt > latest ? appliedAt : latest), '');
    return Date.parse(at) >= (last === '' ? 0 : Date.parse(last)) ? backup : undefined;
  }

  async function apply(instance: Instance, detail: Detail, wishes: RunWishes, op: Op): Promise<Text> {
    const { signal } = op;
    const began = performance.now();
    op.step(0);
    const session = await open(instance, signal);
    let stopped = false;
    let good = false;
    try {
      // The practice database is inside of the app: one session, and no pooler.
      if (!isPractice(instance)) await requireSession(session, () => open(instance, signal, 'read'));
      for (const swept of await sweepCopies(session, now())) op.log(`${swept}: left behind by a rehearsal, removed`);
      await requireBackup(instance.id, detail, wishes, await readLedger(session), signal);
      const use = await lookAtServerUse(session, instance.server, dockerHosts, signal);
      if (instance.server !== undefined && use.container?.up === true) {
        const { name, state } = use.container;
        if (!wishes.stopServer) throw serverRunning(`${name}: ${state}`);
        op.step(1);
        op.log(`docker stop ${name}`);
        stopped = true;
        await pauses.stop(instance.id, instance.server, signal);
        await waitUntilUnused(session, goodbye, signal);
      } else if (serverSessions(use).length > 0) {
        throw serverRunning(sessionWords(serverSessions(use)));
      }
      op.step(2);
      const applied = await applyFiles(session, instance, detail, wishes, op);
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      good = true;
      return text(stopped ? 'migrate.outcome.restarted' : 'migrate.outcome', { applied, seconds });
    } finally {
      await session.close();
      if (stopped && instance.server !== undefined) {
        op.step(3);
        op.log(`docker start ${instance.server.container}`);
        // Also when it was cancelled.
        const resumed = pauses.resume(instance.id, instance.server, AbortSignal.timeout(120_000));
        await resumed.catch((error: unknown) => {
          op.log(`The server could not be started again: ${error instanceof Error ? error.message : error}`, 'error');
          // What went wrong first is what has to be told.
          if (good) throw error;
        });
      }
    }
  }

  async function requireBackup(
    instanceId: string,
    { preview }: Detail,
    { withoutBackup }: RunWishes,
    ledger: Ledger,
    signal: AbortSignal,
  ): Promise<void> {
    const destroyed = destroyedBy(preview);
    if (withoutBackup || destroyed.length === 0) return;
    if ((await backupOf(instanceId, ledger, signal)) !== undefined) return;
    const what = destroyed.map(({ name, object }) => `${name}: ${object}`);
    throw new ProblemError('migrations-destroy-data', {
      count: destroyed.length,
      what: [...new Set(what)].slice(0, 5).join(', '),
    });
  }

  async function applyFiles(
    session: PostgresSession,
    instance: Instance,
    { read: { files, found } }: Detail,
    { statementSeconds }: RunWishes,
    op: Op,
  ): Promise<number> {
    const limits = need.limits ?? usualLimits;
    const result = await runMigrations(files, {
      session,
      ledger: serverLedger,
      signal: op.signal,
      limits: statementSeconds === undefined ? limits : { ...limits, statementSeconds },
      listener: listenerOf(op),
      ...(isPractice(instance) ? {} : { openWatcher: () => open(instance, op.signal, 'read') }),
      split,
    });
    const { outcomes, alreadyApplied, problem } = result;
    const report: MigrationRunReport = { at: now().toISOString(), source: found, alreadyApplied, files: outcomes };
    runs.set(instance.id, report);
    emit('migration.report', { operationId: op.id, instanceId: instance.id, report });
    if (problem !== undefined) throw new ProblemError(problem.code, problem.values, problem);
    return outcomes.length;
  }

  return {
    latestRun: (instanceId) => runs.get(instanceId),
    latestRehearsal: (instanceId) => rehearsals.get(instanceId),

    async plan(instanceId, source, signal) {
      const instance = await instances.get(instanceId);
      const migrations = await read(instance, source, signal);
      const session = await open(instance, signal, 'read');
      try {
        const ledger = await readLedger(session);
        const pending = pendingFiles(migrations.files, ledger);
        const server = await lookAtServerUse(session, instance.server, dockerHosts, signal);
        const preview = pending.length === 0 ? [] : await previewFiles(await grammar(), pending, session);
        const destroyed = destroyedBy(preview);
        const backup = await backupOf(instanceId, ledger, signal);
        const needsOverride = destroyed.length > 0 && backup === undefined;
        const { host } = session.address;
        const { database, user: role } = session;
        const values = { count: pending.length, database, host, source: migrations.found.name };
        const plan = plans.keep(
          {
            title: text('migrate.plan.title', values),
            as: 'app',
            steps: pending.map(({ name, sql }) => ({
              kind: 'sql',
              host,
              database,
              role,
              statement: `-- ${name}\n${sql}`,
            })),
            notes: notesOf({ files: migrations.files, pending, ledger, server, preview, backup, needsOverride }),
          },
          { instanceId, target: databaseTarget(instance), read: migrations, pending, preview },
        );
        return {
          plan,
          source: migrations.found,
          pending: pending.map(({ name, bytes }) => ({ name, bytes })),
          preview,
          destroys: destroyed.length,
          server,
          ...(backup === undefined ? {} : { backup }),
          needsStop: server.container?.up === true,
          needsOverride,
          blocked: blockedBy(pending, server),
        };
      } finally {
        await session.close();
      }
    },

    async run(planId, wishes) {
      const { detail } = plans.find(planId);
      const instance = await instances.get(detail.instanceId);
      if (databaseTarget(instance) !== detail.target) throw new ProblemError('plan-stale', { id: planId });
      const unfit = detail.pending.find(({ problem }) => problem !== undefined)?.problem;
      if (unfit !== undefined) throw new ProblemError(unfit.code, unfit.values, unfit);
      const subject = { instanceId: instance.id, name: instance.name };
      const body = (op: Op) => apply(instance, detail, wishes, op);
      const { id, ended } = await operations.run('migrate', subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },

    async rehearse(instanceId, source) {
      const instance = await instances.get(instanceId);
      const subject = { instanceId, name: instance.name };
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const { files } = await read(instance, source, op.signal);
        const report = await rehearse({
          files,
          op,
          open: (database, signal) => open(inDatabase(instance, database), signal),
          limits: need.limits ?? usualLimits,
          listener: listenerOf(op),
          at: now(),
          split,
          dumpSchema: async (address, major) =>
            need.dumpSchema?.({ instance, address, major }, op.log.bind(op), op.signal),
        });
        rehearsals.set(instanceId, report);
        emit('rehearsal.report', { operationId: op.id, instanceId, report });
        const failed = report.files.find(({ state }) => state === 'failed');
        const copy = report.on === 'schema-only' ? 'tables' : 'data';
        if (failed !== undefined) return text('rehearse.outcome.failed', { copy, migration: failed.name });
        return text('rehearse.outcome', { copy, applied: report.files.length });
      };
      const { id, ended } = await operations.run('rehearse', subject, rehearsalSteps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}

function isPractice({ kind }: Instance): boolean {
  return kind === 'practice';
}

function inDatabase(instance: Instance, database: string | undefined): Instance {
  const { connection } = instance;
  if (database === undefined || connection === undefined) return instance;
  return { ...instance, connection: { ...connection, database } };
}

function listenerOf(op: Op) {
  return {
    began: (name: string, index: number, total: number) => {
      op.progress(index, total, 'items');
      op.log(name);
    },
    ended: (outcome: { name: string; state: string; milliseconds: number }, index: number, total: number) => {
      op.progress(index + 1, total, 'items');
      const level = outcome.state === 'failed' ? 'error' : 'info';
      op.log(`${outcome.name}: ${outcome.state} (${outcome.milliseconds} ms)`, level);
    },
    log: op.log.bind(op),
  };
}
