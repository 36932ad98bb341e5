import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { directDial } from '../main/adapters/directDial.ts';
import { connectPostgres } from '../main/adapters/postgres/connectPostgres.ts';
import { serverLedger } from '../main/services/migrations/ledgers.ts';
import { runMigrations } from '../main/services/migrations/runner.ts';
import { type PostgresServer, startPostgres } from '../test/support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../test/support/postgresRoles.ts';
import { format, median, type Table } from './table.ts';

const files = Array.from({ length: 114 }, (_, index) => {
  const number = String(index + 1).padStart(4, '0');
  return {
    name: `${number}_small.sql`,
    sql: `CREATE TABLE t_${number} (id serial PRIMARY KEY, name text NOT NULL);\nCREATE INDEX ON t_${number} (name);\n`,
  };
});

/** 114 small migrations into an empty database. The rival is a plain loop with `pg` that does the same transactions. */
export async function run(rounds = 9): Promise<Table> {
  const server = await startPostgres({ major: 17 });
  const ours: number[] = [];
  const rival: number[] = [];
  const measure = async (what: (role: TestRole) => Promise<void>, name: string): Promise<number> => {
    const role = await createOwnedDatabase(server, name);
    const began = performance.now();
    await what(role);
    const took = performance.now() - began;
    const [row] = await server.sql('SELECT count(*)::int AS n FROM aperture_migrations', { database: name });
    if (row?.n !== files.length) throw new Error(`${String(row?.n)} of ${files.length} were applied`);
    return took;
  };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const both = [
        async () => ours.push(await measure((role) => withRunner(server, role), `ours_${round}`)),
        async () => rival.push(await measure((role) => plainLoop(server, role), `rival_${round}`)),
      ];
      // Who comes first takes turns.
      for (const one of round % 2 === 0 ? both : both.reverse()) await one();
    }
  } finally {
    await server.stop('immediate');
  }
  return {
    rows: [
      {
        name: '114 small migrations',
        ours: `${median(ours).toFixed(0)} ms`,
        rival: `${median(rival).toFixed(0)} ms a plain loop with pg`,
        ratio: median(ours) / median(rival),
        goal: '≤ 1.1',
      },
    ],
  };
}

async function withRunner(server: PostgresServer, { user, password, database }: TestRole): Promise<void> {
  const signal = new AbortController().signal;
  const session = await connectPostgres({
    settings: {
      hosts: [{ host: server.host, port: server.port }],
      user,
      database,
      tls: { mode: 'disable' },
      channelBinding: 'prefer',
      targetSessionAttrs: 'any',
      connectTimeoutSeconds: 30,
    },
    password,
    dial: directDial(),
    tlsFor: () => false,
    signal,
    queryTimeoutMs: 60_000,
  });
  const quiet = () => undefined;
  const { problem } = await runMigrations(files, {
    session,
    ledger: serverLedger,
    signal,
    listener: { began: quiet, ended: quiet, log: quiet },
  });
  await session.close();
  if (problem !== undefined) throw new Error(problem.code);
}

async function plainLoop({ host, port }: PostgresServer, role: TestRole): Promise<void> {
  const client = new pg.Client({ host, port, ...role });
  await client.connect();
  await client.query(serverLedger.create);
  const { rows } = await client.query<{ name: string }>('SELECT name FROM aperture_migrations');
  const applied = new Set(rows.map(({ name }) => name));
  for (const { name, sql } of files) {
    if (applied.has(name)) continue;
    await client.query('BEGIN');
    await client.query('INSERT INTO aperture_migrations (name) VALUES ($1)', [name]);
    await client.query(sql);
    await client.query('COMMIT');
  }
  await client.end();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${format([await run()])}\n`);
  process.exit(0);
}
