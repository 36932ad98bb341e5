import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { vector } from '@electric-sql/pglite-pgvector';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CheckSession, checkSession } from '../../../main/services/checks.ts';

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector, pgcrypto, pg_trgm } });
});
afterAll(() => database.close());

/** What the checks read through, on the embedded server itself. */
const session = (): CheckSession => {
  let roundTrips = 0;
  return {
    address: { host: '127.0.0.1', port: 5432 },
    backendKey: { processId: 1, secretKey: 1 },
    get roundTrips() {
      return roundTrips;
    },
    readable: {
      read: () => Promise.reject(new Error('not used by the checks')),
      async readAll(statements) {
        roundTrips += 1;
        const results = await database.exec(['BEGIN READ ONLY', ...statements, 'ROLLBACK'].join('\n;\n'));
        return results.slice(1, -1).map((each) => each.rows as Record<string, unknown>[]);
      },
    },
  };
};

test('the practice database answers every question, and is ready once the extensions are enabled', async () => {
  const now = () => new Date('2026-06-01T00:00:00Z');
  const before = await checkSession(session(), { kind: 'practice' }, now);
  expect(before.server).toMatchObject({ provider: 'practice', platform: 'PGlite' });
  expect(before.server?.pooler).toBeUndefined();
  expect(before.roundTrips).toBeLessThanOrEqual(3);
  expect(before.results.filter((each) => each.status === 'fail').map((each) => each.id)).toEqual([
    'extension-vector',
    'extension-pgcrypto',
    'extension-pg_trgm',
  ]);
  for (const { fixes } of before.results.filter((each) => each.status === 'fail')) {
    const [fix] = fixes;
    if (fix?.kind !== 'run') throw new Error('the app can do this by itself');
    expect(fix.as).toBe('app');
    await database.exec(fix.preview);
  }
  const after = await checkSession(session(), { kind: 'practice' }, now);
  expect(after.verdict).toBe('ready');
});
