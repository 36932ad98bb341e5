import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { HealthAnswer, MissingPart, ResourceUse, SchemaState, ServerStatus } from '../../../contract/server.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { askHealth } from '../../adapters/docker/health.ts';
import { environmentOf, type Inspected, inspectContainer, nameOf, portsOf } from '../../adapters/docker/inspect.ts';
import { readLog } from '../../adapters/docker/logs.ts';
import { resourceUse } from '../../adapters/docker/resources.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import {
  pendingProblem,
  recogniseServerLog,
  type ServerDatabase,
  silentProblem,
  unknownDatabase,
} from '../../problems/recogniseServerLog.ts';
import { containerState, type Seen } from './containerState.ts';
import { type RawLine, rawLine } from './logLine.ts';
import { type LogProgress, logProgress } from './logProgress.ts';
import { imageMigrations, ledgerNames, schemaByLedger, schemaByLog } from './schema.ts';
import { stateProblem } from './stateProblem.ts';

/** Seconds without a word after which a server that runs and does not listen is said to wait for its database. */
const silence = 20;
/** Milliseconds of a start that the log is read of, and after which a log without its beginning counts as written over. */
const startWindow = 10 * 60_000;

export type StatusNeed = {
  cli: DockerCli;
  container: string;
  /** A login to the instance's database, where one is known: then the ledger decides. */
  openDatabase?: (signal: AbortSignal) => Promise<PostgresSession>;
  before?: Seen;
  resources: boolean;
  signal: AbortSignal;
  now?: () => number;
};

export type Look = { status: ServerStatus; lines: RawLine[]; inspected: Inspected | undefined };

/** Looks at the server from all sides once. Raises `docker-…` and what the way to the Docker host raises. */
export async function lookAtServer(need: StatusNeed): Promise<Look> {
  const { cli, container, signal, resources, now = Date.now } = need;
  const inspected = await inspectContainer(cli, container, { signal });
  const state = containerState(inspected, now(), need.before);
  const environment = inspected === undefined ? {} : environmentOf(inspected);
  const migrationsOnStart = (environment.RUN_MIGRATIONS_ON_START ?? 'true') === 'true';
  const status: ServerStatus = {
    container: { name: inspected === undefined ? container : nameOf(inspected) },
    state,
    started: false,
    missing: ['container', 'log', 'health', 'database', 'schema'],
    health: { kind: 'not-asked' },
    schema: { kind: 'unknown' },
    log: 'silent',
    migrationsOnStart,
    ports: inspected === undefined ? [] : portsOf(inspected),
    networks: Object.keys(inspected?.NetworkSettings.Networks ?? {}),
  };
  const problem = stateProblem(state, container, cli.host.label);
  if (inspected === undefined || state.kind === 'created') {
    if (problem !== undefined) status.problem = problem;
    return { status, lines: [], inspected };
  }
  status.container = {
    name: nameOf(inspected),
    id: inspected.Id,
    image: inspected.Config.Image,
    imageId: inspected.Image,
    createdAt: inspected.Created,
  };
  const up = inspected.State.Running && !inspected.State.Restarting && state.kind !== 'paused';
  const [log, health, use] = await Promise.all([
    logOfStart(cli, inspected, signal),
    up ? askHealth(cli, inspected.Id, status.ports, portInside(environment), signal) : notAsked,
    up && resources ? resourceUse(cli, inspected.Id, { signal }) : undefined,
  ]);
  const { lines, readable } = log;
  const progress = logProgress(lines);
  status.log = progress.stage;
  status.health = health;
  if (use !== undefined) status.resources = use satisfies ResourceUse;
  status.schema = await schemaOf(need, inspected, status, progress);
  const age = now() - Date.parse(inspected.State.StartedAt);
  const logGone = health.kind === 'ok' && (!readable || age > startWindow);
  status.missing = missingOf(up && state.kind === 'running', status, progress.stage === 'listening' || logGone);
  status.started = status.missing.length === 0;
  const why = status.started ? undefined : whyNot(status, progress, lines, databaseOf(environment), now());
  const explained = why ?? problem;
  if (explained !== undefined && state.kind !== 'stopped') status.problem = explained;
  return { status, lines, inspected };
}

const notAsked: HealthAnswer = { kind: 'not-asked' };

function portInside({ PORT }: Record<string, string>): number {
  const port = Number(PORT ?? 3456);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 3456;
}

/** The lines of the last start. A log driver that keeps nothing on the host can't be read. */
async function logOfStart(
  cli: DockerCli,
  { Id, State: state }: Inspected,
  signal: AbortSignal,
): Promise<{ lines: RawLine[]; readable: boolean }> {
  const started = Date.parse(state.StartedAt);
  if (Number.isNaN(started) || started <= 0) return { lines: [], readable: true };
  const until = new Date(started + startWindow).toISOString();
  try {
    const lines = await readLog(cli, Id, { since: state.StartedAt, until }, signal);
    return { lines: lines.map(({ line, from }) => rawLine(line, from)), readable: true };
  } catch (error) {
    if (!(error instanceof ProblemError) || !/does not support reading/.test(error.problem.detail ?? '')) throw error;
    return { lines: [], readable: false };
  }
}

/** With migrations off the log knows only what was at the start, and the health check nothing: the ledger decides. */
async function schemaOf(
  { cli, signal, openDatabase }: StatusNeed,
  { Id }: Inspected,
  { state, migrationsOnStart }: ServerStatus,
  progress: LogProgress,
): Promise<SchemaState> {
  const byLog = schemaByLog(progress, migrationsOnStart);
  if (byLog.kind === 'complete' || openDatabase === undefined || state.kind !== 'running') return byLog;
  if (migrationsOnStart && progress.stage !== 'listening') return byLog;
  let session: PostgresSession;
  try {
    session = await openDatabase(signal);
  } catch (error) {
    if (!(error instanceof ProblemError) || signal.aborted) throw error;
    return schemaByLog(progress, migrationsOnStart, error.problem);
  }
  try {
    const ledger = await ledgerNames(session);
    return schemaByLedger(ledger, await imageMigrations(cli, Id, signal), progress);
  } finally {
    await session.close();
  }
}

function missingOf(up: boolean, { health, schema }: ServerStatus, listening: boolean): MissingPart[] {
  const missing: MissingPart[] = [];
  if (!up) missing.push('container');
  if (!listening) missing.push('log');
  if (health.kind !== 'ok' && health.kind !== 'database-down') missing.push('health');
  if (health.kind !== 'ok') missing.push('database');
  if (schema.kind !== 'complete') missing.push('schema');
  return missing;
}

function whyNot(
  { state, schema }: ServerStatus,
  progress: LogProgress,
  lines: readonly RawLine[],
  database: ServerDatabase,
  now: number,
): Problem | undefined {
  const words = lines.map(({ text }) => text);
  const said = recogniseServerLog(words, database, progress.migration);
  if (said !== undefined) return said;
  if (state.kind !== 'running') return undefined;
  const since = Date.parse(progress.lastAt ?? state.since);
  const seconds = Math.round((now - since) / 1000);
  // In the middle of a migration silence is work, not waiting.
  const waits = progress.stage === 'silent' || (progress.stage === 'migrating' && progress.migration === undefined);
  if (waits && seconds >= silence) return silentProblem(database, seconds);
  return schema.kind === 'pending' && progress.stage === 'listening' ? pendingProblem(schema.count) : undefined;
}

/** What the container's DATABASE_URL names. The password is dropped. */
export function databaseOf({ DATABASE_URL }: Record<string, string>): ServerDatabase {
  if (DATABASE_URL === undefined || DATABASE_URL === '') return unknownDatabase;
  const { settings } = parseConnectionString(DATABASE_URL);
  const { host, port } = settings.hosts[0] ?? { host: '', port: 5432 };
  return { host, port, user: settings.user, database: settings.database };
}
