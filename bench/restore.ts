import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { compose } from '../main/compose.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { clientProgram } from '../test/support/postgresInstallation.ts';
import { mustRun } from '../test/support/processes.ts';
import { median, type Table } from './table.ts';

/** Vectors of 1,536 dimensions. BENCH_VECTORS for another size. */
const vectors = Number(process.env.BENCH_VECTORS ?? 20_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 2);

/**
 * A restore side by side from the question to the exchanged database, against the best plain pg_restore that was found by hand (with the
 * same workers and memory, into an empty database), and against the server's own way (serial, the server's own settings).
 */
export async function run(): Promise<Table> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-restore-'));
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
    await server.sql('CREATE DATABASE films');
    await server.sql(
      `CREATE EXTENSION vector;
      CREATE TABLE embeddings_1536 (id int PRIMARY KEY, title text, embedding halfvec(1536));
      INSERT INTO embeddings_1536 SELECT i, 'Film ' || i,
        (SELECT array_agg(((random() - 0.5) / 10 + j * 0)::real) FROM generate_series(1, 1536) j WHERE i > 0)::vector::halfvec
        FROM generate_series(1, ${vectors}) i;
      CREATE TABLE series_embeddings_1536 AS SELECT * FROM embeddings_1536 WHERE id <= ${Math.floor(vectors * 0.8)};
      SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 0;
      CREATE INDEX ON embeddings_1536 USING hnsw (embedding halfvec_cosine_ops);
      CREATE INDEX ON series_embeddings_1536 USING hnsw (embedding halfvec_cosine_ops);
      CHECKPOINT`,
      { database: 'films' },
    );
    const [size] = await server.sql(`SELECT pg_database_size('films')::float8 / 1e6 AS mb`);
    const { id: instanceId } = await companion.instances.create({
      name: 'bench',
      kind: 'external',
      route: { kind: 'direct' },
      connection: {
        hosts: [{ host: server.host, port: server.port }],
        database: 'films',
        user: server.superuser,
        tls: { mode: 'disable' },
        channelBinding: 'prefer',
        targetSessionAttrs: 'any',
        connectTimeoutSeconds: 10,
      },
    });
    await companion.instances.setPassword(instanceId, server.superPassword, 'session');
    const backingUp = await companion.backups.run({ instanceId });
    const made = await backingUp.backup;
    await backingUp.ended;
    if (made === undefined) throw new Error('no backup');
    const env = {
      ...process.env,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.superuser,
      PGPASSWORD: server.superPassword,
    };
    const jobs = Math.max(2, Math.min(4, availableParallelism()));
    const byHand = async (options: string[], settings: string) => {
      await server.sql('CREATE DATABASE by_hand TEMPLATE template0');
      const started = performance.now();
      await mustRun(
        [clientProgram(17, 'pg_restore'), '--no-owner', '--no-acl', ...options, '-d', 'by_hand', made.where.path],
        { env: { ...env, PGOPTIONS: settings }, timeout: 3_600_000 },
      );
      const seconds = (performance.now() - started) / 1000;
      await server.sql('DROP DATABASE by_hand');
      return seconds;
    };
    const downtimes: number[] = [];
    const byApp = async () => {
      const started = performance.now();
      const { ended, report } = await companion.restores.run({ instanceId });
      const view = await ended;
      const result = await report;
      if (result === undefined) throw new Error(JSON.stringify(view));
      const seconds = (performance.now() - started) / 1000;
      downtimes.push(result.downtimeSeconds);
      const { databases } = await companion.restores.state(instanceId, AbortSignal.timeout(60_000));
      for (const { name } of databases) await (await companion.restores.remove(instanceId, name)).ended;
      return seconds;
    };
    const app: number[] = [];
    const best: number[] = [];
    const own: number[] = [];
    const tuned = '-c maintenance_work_mem=512MB -c max_parallel_maintenance_workers=0';
    for (let round = 0; round < rounds; round += 1) {
      app.push(await byApp());
      best.push(await byHand([`-j${jobs}`], tuned));
      if (round === 0) own.push(await byHand([], ''));
    }
    const megabytes = `${Math.round(Number(size?.mb))} MB`;
    const row = (name: string, ours: number, theirs: number, rival: string, goal: string) => ({
      name,
      ours: `${ours.toFixed(1)} s`,
      rival: `${theirs.toFixed(1)} s (${rival})`,
      ratio: Number((ours / theirs).toFixed(3)),
      goal,
    });
    return {
      rows: [
        row(
          `Restore of ${megabytes}, proven and exchanged`,
          median(app),
          median(best),
          `pg_restore -j${jobs}, tuned`,
          '<= 1.05',
        ),
        row(`Restore of ${megabytes}, proven and exchanged`, median(app), median(own), 'pg_restore, serial', '<= 0.35'),
        row('Exchange, nobody can connect', median(downtimes), 3, 'limit', '<= 1'),
      ],
    };
  } finally {
    await companion.stop();
    await server.stop('immediate');
    rmSync(folder, { recursive: true, force: true });
  }
}
