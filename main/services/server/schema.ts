import type { Problem } from '../../../contract/problem.ts';
import type { SchemaState } from '../../../contract/server.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { readLedger } from '../migrations/ledger.ts';
import { imageFolder } from '../migrations/source.ts';
import type { LogProgress } from './logProgress.ts';

/** Names of the migrations in the server's image, in their order; undefined where the container can't tell, as when it is down. */
export async function imageMigrations(
  cli: DockerCli,
  container: string,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const result = await cli.run(['exec', container, 'ls', '-1', imageFolder], { signal });
  if (result.exitCode !== 0) return undefined;
  const names = result.stdout.split('\n').filter((name) => name.endsWith('.sql'));
  return names.sort();
}

/** Names in the ledger; undefined when there is no ledger. */
export async function ledgerNames(session: Pick<PostgresSession, 'readable'>): Promise<string[] | undefined> {
  const { there, rows } = await readLedger(session);
  return there ? rows.map(({ name }) => name) : undefined;
}

/** Compares the ledger with what the image has. Without the image's list only an empty ledger says something. */
export function schemaByLedger(
  ledger: readonly string[] | undefined,
  image: readonly string[] | undefined,
  progress: Pick<LogProgress, 'pending'>,
): SchemaState {
  const applied = ledger?.length ?? 0;
  if (image !== undefined) {
    const known = new Set(ledger);
    const count = image.filter((name) => !known.has(name)).length;
    if (count > 0) return { kind: 'pending', count, applied, by: 'ledger' };
  } else if (applied === 0) {
    return { kind: 'pending', applied, by: 'ledger', ...(progress.pending ? { count: progress.pending } : {}) };
  } else if (progress.pending) {
    return { kind: 'pending', count: progress.pending, applied, by: 'log' };
  }
  const last = ledger?.at(-1);
  return { kind: 'complete', applied, by: 'ledger', ...(last === undefined ? {} : { last }) };
}

/** What the server's own words tell: with migrations on it does not listen before all are applied. */
export function schemaByLog(progress: LogProgress, migrationsOnStart: boolean, problem?: Problem): SchemaState {
  if (progress.pending !== undefined && progress.pending > 0) {
    return { kind: 'pending', count: progress.pending, by: 'log' };
  }
  const done = progress.stage === 'migrated' || progress.stage === 'listening';
  if (migrationsOnStart && done) {
    return { kind: 'complete', by: 'log', ...(progress.total === undefined ? {} : { applied: progress.total }) };
  }
  return problem === undefined ? { kind: 'unknown' } : { kind: 'unknown', problem };
}
