import { fileURLToPath } from 'node:url';
import { directDial } from '../main/adapters/directDial.ts';
import { connectPostgres } from '../main/adapters/postgres/connectPostgres.ts';
import { collation, firstBatch, hostFiles, ledger } from '../main/checks/factsSql.ts';
import { checkSession } from '../main/services/checks.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { createOwnedDatabase } from '../test/support/postgresRoles.ts';
import { startProxy } from '../test/support/proxy.ts';
import { format, median, type Table } from './table.ts';

/** Milliseconds there and back: a database in another country. */
const roundTripTime = 50;

/**
 * All checks over a slow link, as a superuser of a database that Aperture has used (the longest way through them). Round
 * trips are counted on the wire, after the login. The rival asks the same questions one at a time.
 */
export async function run(rounds = 5): Promise<Table> {
  const server = await startPostgres({ major: 17 });
  await createOwnedDatabase(server, 'aperture');
  await server.sql(
    `CREATE EXTENSION vector;
     CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());
     INSERT INTO aperture_migrations (name) SELECT format('%s.sql', n) FROM generate_series(1, 114) n;
     DO $$ BEGIN FOR n IN 1..80 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, name text)', n); END LOOP; END $$`,
    { database: 'aperture' },
  );
  const proxy = await startProxy({ target: server, latency: roundTripTime / 2, ownProcess: true });
  const open = () =>
    connectPostgres({
      settings: {
        hosts: [{ host: proxy.host, port: proxy.port }],
        database: 'aperture',
        user: server.superuser,
        tls: { mode: 'disable' },
        channelBinding: 'prefer',
        targetSessionAttrs: 'any',
        connectTimeoutSeconds: 30,
      },
      password: server.superPassword,
      dial: directDial(),
      tlsFor: () => false,
      signal: new AbortController().signal,
      queryTimeoutMs: 30_000,
    });
  const measure = async (ask: (session: Awaited<ReturnType<typeof open>>) => Promise<unknown>) => {
    const session = await open();
    try {
      await proxy.resetCounts();
      const began = performance.now();
      await ask(session);
      const milliseconds = performance.now() - began;
      return { milliseconds, trips: (await proxy.counts()).roundTrips };
    } finally {
      await session.close();
    }
  };
  const questions = [...firstBatch, collation, ledger('public.aperture_migrations'), hostFiles];
  const ours: { milliseconds: number; trips: number }[] = [];
  const rival: { milliseconds: number; trips: number }[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      ours.push(
        await measure((session) => checkSession(session, { kind: 'external', password: 'x' }, () => new Date())),
      );
      rival.push(
        await measure(async (session) => {
          for (const question of questions) {
            if (question.startsWith('SELECT') || question.startsWith('WITH')) await session.readable.read(question);
          }
        }),
      );
    }
  } finally {
    await proxy.stop();
    await server.stop('immediate');
  }
  const of = (runs: typeof ours, what: 'milliseconds' | 'trips') => median(runs.map((each) => each[what]));
  const worst = Math.max(...ours.map((each) => each.trips));
  return {
    rows: [
      {
        name: 'All checks: round trips after the login',
        ours: String(worst),
        rival: `${of(rival, 'trips')} one question at a time`,
        ratio: worst / of(rival, 'trips'),
        goal: '≤ 3 round trips',
      },
      {
        name: `All checks over a link of ${roundTripTime} ms`,
        ours: `${of(ours, 'milliseconds').toFixed(0)} ms`,
        rival: `${of(rival, 'milliseconds').toFixed(0)} ms one question at a time`,
        ratio: of(ours, 'milliseconds') / of(rival, 'milliseconds'),
        goal: '≤ 0.5',
      },
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${format([await run()])}\n`);
  process.exit(0);
}
