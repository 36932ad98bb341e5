import path from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { testData } from '../../support/migrations/data.ts';
import { realisticMigrations, tableMigrations } from '../../support/migrations/set.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import type { TestRole } from '../../support/postgresRoles.ts';
import { run as runProgram } from '../../support/processes.ts';
import { startBreaker } from '../provisioning/breaker.ts';
import { ledgerOf, newDatabase, open, run } from './runnerHarness.ts';

/** How many runs are broken in each way. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 8);
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31);

const set = realisticMigrations();
const tables = tableMigrations();
const runner = path.join(import.meta.dirname, '..', '..', 'support', 'migrationRunner.ts');

let server: PostgresServer;
let whole: string;
beforeAll(async () => {
  process.stderr.write(`FAULT_SEED=${seed} FAULT_ROUNDS=${rounds}\n`);
  server = await startPostgres({ major: 17 });
  const role = await prepared();
  await run(server, role, set);
  whole = await shapeOf(role);
});
afterAll(() => server.stop('immediate'));

/** A database with the tables and data in them: everything after that is run by what is broken. */
async function prepared(): Promise<TestRole> {
  const role = await newDatabase(server);
  await run(server, role, set.slice(0, tables));
  await server.sql(testData({ rows: 20 }), { database: role.database });
  return role;
}

/** Columns, indexes, constraints and numbers of rows. */
async function shapeOf({ database }: TestRole): Promise<string> {
  const rows = await server.sql(
    `SELECT format('%s.%s %s %s', table_name, column_name, udt_name, is_nullable) AS line FROM information_schema.columns
       WHERE table_schema = 'public'
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT relname || ' ' || (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM public.' || quote_ident(relname), false, true, '')))[1]::text
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
     ORDER BY 1`,
    { database },
  );
  return rows.map(({ line }) => String(line)).join('\n');
}

/** Whatever happened: the ledger is the beginning of the list, and what comes next runs to the end from there. */
async function holds(role: TestRole): Promise<number> {
  const ledger = await ledgerOf(server, role);
  expect(ledger).toEqual(set.slice(0, ledger.length).map(({ name }) => name));
  return ledger.length;
}

async function finish(role: TestRole): Promise<void> {
  const { problem } = await run(server, role, set);
  expect(problem).toBeUndefined();
  expect(await holds(role)).toBe(set.length);
  expect(await shapeOf(role)).toBe(whole);
}

const random = (round: number) => {
  const [values] = fc.sample(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
    seed: seed + round,
    numRuns: 1,
  });
  return values ?? [0, false];
};

describe(`broken from seed ${seed}`, { timeout: 120_000 + rounds * 5_000 }, () => {
  test('the connection is cut at any message, before the server gets it or before anybody hears of it', async () => {
    const breaker = await startBreaker(server, /./s);
    try {
      // How many there are, and that the way itself is sound.
      const counted = await prepared();
      breaker.arm(undefined);
      await run(breaker, counted, set);
      const messages = breaker.seen();
      expect(messages).toBeGreaterThan(2 * (set.length - tables));
      let role = await prepared();
      for (let round = 0; round < rounds; round += 1) {
        const before = await holds(role);
        const [where, after] = random(round);
        // Of what is left; the first ones take the lock and read the ledger.
        const left = Math.max(6, messages - 2 * (before - tables));
        breaker.arm({ statement: 1 + Math.floor(where * left), when: after ? 'after' : 'before' });
        const signal = new AbortController().signal;
        const outcome = await run(breaker, role, set, { signal, openWatcher: () => open(server, role) }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProblemError);
        breaker.arm(undefined);
        expect(await holds(role)).toBeGreaterThanOrEqual(before);
        if ((await holds(role)) === set.length) {
          await finish(role);
          role = await prepared();
        }
      }
      await finish(role);
    } finally {
      await breaker.stop();
    }
  });

  test('the session’s process on the server is ended at any moment', async () => {
    let role = await prepared();
    for (let round = 0; round < rounds; round += 1) {
      const [when] = random(1_000 + round);
      const session = await open(server, role);
      const pid = session.backendKey?.processId ?? 0;
      const timer = setTimeout(() => void server.sql(`SELECT pg_terminate_backend(${pid})`), when * 700);
      const outcome = await run(server, role, set, { session }).catch((error: unknown) => error);
      clearTimeout(timer);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProblemError);
      await session.close();
      if ((await holds(role)) === set.length) {
        await finish(role);
        role = await prepared();
      }
    }
    await finish(role);
  });

  test('the app’s process is killed at any moment; the next one does not wait for ever', async () => {
    const role = await prepared();
    for (let round = 0; round < Math.ceil(rounds / 4); round += 1) {
      const [when] = random(2_000 + round);
      const before = await holds(role);
      const { host, port } = server;
      await runProgram([process.execPath, runner], {
        input: JSON.stringify({ host, port, ...role, files: set, killAfter: Math.round(when * 500) }),
      });
      expect(await holds(role)).toBeGreaterThanOrEqual(before);
    }
    await finish(role);
  });

  test('the database server is killed at any moment', async () => {
    const role = await prepared();
    for (let round = 0; round < Math.ceil(rounds / 8); round += 1) {
      const [when] = random(3_000 + round);
      const running = run(server, role, set).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, when * 700));
      await server.kill9();
      const outcome = await running;
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProblemError);
      await server.start();
      await holds(role);
    }
    await finish(role);
  });
});
