import { say } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { RestoreCheckId, RestoreVerdict } from '../../../contract/restore.ts';
import { environmentOf, inspectContainer } from '../../adapters/docker/inspect.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { PlacesNeed } from '../backups/places.ts';
import { refusePooler } from '../backups/pooler.ts';
import type { Connections } from '../connections.ts';
import { readLedger } from '../migrations/ledger.ts';
import { readMigrations } from '../migrations/source.ts';
import { containerState } from '../server/containerState.ts';
import type { OpenArchive } from './archive.ts';
import { readTarget, readTemplate, type ServerFacts } from './facts.ts';
import { inDatabase, longestStatement, openMaintenance } from './maintenance.ts';
import { lookAtRows, type TableRows } from './numbers.ts';
import { judge, type PreflightFacts } from './preflight.ts';
import { needsTemplate } from './preflightExtensions.ts';
import { findRestoreTools } from './route.ts';
import { type Machine, readMachine } from './sessionSettings.ts';

export type SurveyNeed = PlacesNeed & { connections: Pick<Connections, 'open'> };

/** All that is known before a restore. */
export type Survey = {
  facts: PreflightFacts;
  verdicts: RestoreVerdict[];
  /** Rows of the database that is there now. */
  rows: { tables: TableRows[]; exact: boolean };
  machine: Machine;
  /** What a new database has to be made like. */
  template: 'template0' | 'template1';
};

/** An index takes about as much again while it is built, and the write-ahead log its share. */
const spare = 1.3;

/** How much the new database takes, as far as can be said. */
function neededBytes({ manifest, bytes, format }: Pick<OpenArchive, 'manifest' | 'bytes' | 'format'>): number {
  if (manifest !== undefined) return Math.ceil(manifest.database.bytes * spare);
  return Math.ceil(bytes * (format === 'sql' ? 2 : 5));
}

/** Looks at everything that a restore depends on and judges it. Changes nothing. Raises what keeps the app from the server. */
export async function survey(
  need: SurveyNeed,
  instance: Instance,
  archive: OpenArchive,
  signal: AbortSignal,
): Promise<Survey> {
  const { connections } = need;
  const options = { purpose: 'write', signal, queryTimeoutMs: longestStatement } as const;
  const session = await connections.open(instance, options);
  let maintenance: PostgresSession | undefined;
  try {
    const pooled = await isPooled(session, () => connections.open(instance, options));
    maintenance = await openMaintenance(connections, instance, signal);
    const target = await readTarget(session, maintenance, instance, pooled);
    const unable = archive.contents.extensions.some((name) =>
      target.extensions.some((one) => one.name === name && !one.mayCreate),
    );
    if (unable) {
      const open = () => connections.open(inDatabase(instance, 'template1'), options);
      target.template = await readTemplate(open, target.database);
    }
    const [rows, ledger, machine, tools, server] = [
      await lookAtRows(session),
      await readLedger(session),
      await readMachine(session, instance.route.kind === 'direct'),
      await findRestoreTools(need, instance, session.address, archive, signal),
      await readServer(need, instance, signal),
    ];
    const [usable] = tools.usable;
    const facts: PreflightFacts = {
      archive,
      instance,
      target,
      server,
      tool: { found: tools.found, ...(usable === undefined ? {} : { usable }) },
      ledgerNow: ledger.there ? ledger.rows.map(({ name }) => name) : null,
      neededBytes: neededBytes(archive),
      platform: process.platform,
    };
    const template = needsTemplate(facts) ? 'template1' : 'template0';
    return { facts, verdicts: judge(facts), rows, machine, template };
  } finally {
    await session.close();
    await maintenance?.close();
  }
}

async function isPooled(session: PostgresSession, open: () => Promise<PostgresSession>): Promise<boolean> {
  try {
    await refusePooler(session, open);
    return false;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'pooler-unsuitable') return true;
    throw error;
  }
}

/** A Docker that can't be asked tells nothing. */
async function readServer(need: SurveyNeed, { server }: Instance, signal: AbortSignal): Promise<ServerFacts> {
  if (server === undefined) return {};
  try {
    const { cli } = await need.dockerHosts.engine(server.docker, signal);
    const inspected = await inspectContainer(cli, server.container, { signal });
    if (inspected === undefined) return {};
    const { kind } = containerState(inspected, Date.now());
    const up = kind === 'running' || kind === 'restarting' || kind === 'paused';
    const migrations = await readMigrations(
      { kind: 'installed' },
      { dockerHosts: need.dockerHosts, server, signal },
    ).catch(unlessCancelled);
    return {
      container: { name: server.container, up },
      ...(migrations === undefined ? {} : { migrations: migrations.files.map(({ name }) => name) }),
      appliesOnStart: (environmentOf(inspected).RUN_MIGRATIONS_ON_START ?? 'true') === 'true',
    };
  } catch (error) {
    unlessCancelled(error);
    return {};
  }
}

function unlessCancelled(error: unknown): undefined {
  if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
  return undefined;
}

/** Raises `restore-refused` with every reason, but for what does not matter here. */
export function requirePossible(verdicts: readonly RestoreVerdict[], but: readonly RestoreCheckId[] = []): void {
  const refused = verdicts.filter(({ status, id }) => status === 'fail' && !but.includes(id));
  if (refused.length === 0) return;
  const reasons = refused.map(({ evidence }) => say(evidence)).join(' ');
  throw new ProblemError('restore-refused', { reasons }, { fixes: refused.flatMap(({ fixes }) => fixes) });
}
