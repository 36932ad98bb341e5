import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compose } from '../main/compose.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { clientProgram } from '../test/support/postgresInstallation.ts';
import { mustRun } from '../test/support/processes.ts';
import { median, type Table } from './table.ts';

/** Vectors of 1,536 dimensions; 15 kB of database each, with its index left out. BENCH_VECTORS for another size. */
const vectors = Number(process.env.BENCH_VECTORS ?? 20_000);
const rounds = 3;

/**
 * A backup as the app makes it, from the question to the proven file with its name, against pg_dump by hand with the same options, and
 * against the server's own way. In turns, medians; and the memory of this process above what it has before.
 */
export async function run(): Promise<Table> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-backup-'));
  const server = await startPostgres({ major: 17 });
  const companion = compose({
    folder,
    emit: () => undefined,
    ask: () => Promise.reject(new Error('nobody answers')),
    spawnPractice: () => {
      throw new Error('no practice here');
    },
    startedBy: 'command-line',
  });
  process.env.PATH = `${path.dirname(clientProgram(17, 'pg_dump'))}${path.delimiter}${process.env.PATH}`;
  try {
    await server.sql(`CREATE EXTENSION vector;
      CREATE TABLE embeddings (id int PRIMARY KEY, title text, embedding vector(1536));
      INSERT INTO embeddings SELECT i, 'Film ' || i,
        (SELECT array_agg(((random() - 0.5) / 10 + j * 0)::real) FROM generate_series(1, 1536) j WHERE i > 0)::vector
        FROM generate_series(1, ${vectors}) i;
      CHECKPOINT`);
    const [size] = await server.sql('SELECT pg_database_size(current_database())::float8 / 1e6 AS mb');
    const { id } = await companion.instances.create({
      name: 'bench',
      kind: 'external',
      route: { kind: 'direct' },
      connection: {
        hosts: [{ host: server.host, port: server.port }],
        database: 'postgres',
        user: server.superuser,
        tls: { mode: 'disable' },
        channelBinding: 'prefer',
        targetSessionAttrs: 'any',
        connectTimeoutSeconds: 10,
      },
    });
    await companion.instances.setPassword(id, server.superPassword, 'session');
    const env = {
      ...process.env,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.superuser,
      PGPASSWORD: server.superPassword,
      PGDATABASE: 'postgres',
    };
    const file = path.join(folder, 'hand.dump');
    const byHand = async (compression: string) => {
      await mustRun([clientProgram(17, 'pg_dump'), '-Fc', compression, '-f', file], { env, timeout: 1_800_000 });
      return statSync(file).size;
    };
    const byApp = async () => {
      const { ended, backup } = await companion.backups.run({ instanceId: id });
      const view = await ended;
      const made = await backup;
      if (made === undefined) throw new Error(JSON.stringify(view));
      return made.bytes;
    };
    await byApp();
    const memory = await aboveIdle(byApp);
    const app: Measured = [];
    const same: Measured = [];
    const own: Measured = [];
    for (let round = 0; round < rounds; round += 1) {
      await timed(app, byApp);
      await timed(same, () => byHand('--compress=zstd:3'));
      if (round === 0) await timed(own, () => byHand('-Z6'));
    }
    const megabytes = `${Math.round(Number(size?.mb))} MB`;
    const seconds = (measured: Measured) => median(measured.map((one) => one.seconds));
    const bytes = (measured: Measured) => measured[0]?.bytes ?? Number.NaN;
    const row = (name: string, ours: number, theirs: number, unit: string, rival: string, goal: string) => ({
      name,
      ours: `${ours.toFixed(1)} ${unit}`,
      rival: `${theirs.toFixed(1)} ${unit} (${rival})`,
      ratio: Number((ours / theirs).toFixed(3)),
      goal,
    });
    return {
      rows: [
        row(`Backup of ${megabytes}, proven`, seconds(app), seconds(same), 's', 'pg_dump, same options', '<= 1.03'),
        row(`Backup of ${megabytes}, proven`, seconds(app), seconds(own), 's', 'pg_dump -Z6', '<= 0.15'),
        row('Its size', bytes(app) / 1e6, bytes(own) / 1e6, 'MB', 'pg_dump -Z6', '<= 0.8'),
        row('Memory above idle while it runs', memory / 1e6, 50, 'MB', 'limit', '<= 1'),
      ],
    };
  } finally {
    await companion.stop();
    await server.stop('immediate');
    rmSync(folder, { recursive: true, force: true });
  }
}

type Measured = { seconds: number; bytes: number }[];

async function timed(into: Measured, work: () => Promise<number>): Promise<void> {
  const started = performance.now();
  const bytes = await work();
  into.push({ bytes, seconds: (performance.now() - started) / 1000 });
}

/** Bytes of resident memory at most above what there was before. */
async function aboveIdle(work: () => Promise<unknown>): Promise<number> {
  const idle = process.memoryUsage.rss();
  let most = idle;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  await work();
  clearInterval(watch);
  return most - idle;
}
