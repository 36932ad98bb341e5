import { fc, test } from '@fast-check/vitest';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { quoteIdentifier, quoteLiteral } from '../../../main/sql/quoting.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

let server: PostgresServer;
const clients = new Map<'on' | 'off', pg.Client>();

beforeAll(async () => {
  server = await startPostgres({ major: 17 });
  for (const conforming of ['on', 'off'] as const) {
    const client = new pg.Client({
      host: server.socketDir,
      port: server.port,
      user: server.superuser,
      database: 'postgres',
    });
    await client.connect();
    await client.query(`SET standard_conforming_strings = ${conforming}; SET escape_string_warning = off`);
    clients.set(conforming, client);
  }
});
afterAll(async () => {
  for (const client of clients.values()) await client.end();
  await server.stop('immediate');
});

async function value(conforming: 'on' | 'off', sql: string): Promise<unknown> {
  const result = await clients
    .get(conforming)
    ?.query<Record<string, unknown>>({ text: sql, rowMode: 'array' } as never);
  return (result?.rows as unknown[][] | undefined)?.[0]?.[0];
}

/** Whole characters, with those that SQL reads as something else often among them; PostgreSQL has no zero character. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', ';', '--', '$$', ' ', '\n', '%', 'E', '/*'),
      fc.string({ unit: 'grapheme' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

/** At most 63 bytes are kept of a name, and it can't be empty. */
const names = texts.filter((name) => name !== '' && Buffer.byteLength(name) <= 63);

describe('a real server reads back what was quoted', () => {
  test.prop([texts, fc.constantFrom('on' as const, 'off' as const)], { numRuns: 500 })(
    'as a text',
    async (text, conforming) => {
      expect(await value(conforming, `SELECT ${quoteLiteral(text)}`)).toBe(text);
    },
  );

  test.prop([names], { numRuns: 500 })('as a name', async (name) => {
    const result = await clients.get('on')?.query(`SELECT 1 AS ${quoteIdentifier(name)}`);
    expect(result?.fields[0]?.name).toBe(name);
  });

  test('a zero character is refused here, not cut off there', () => {
    expect(() => quoteLiteral('a\0b')).toThrow();
    expect(() => quoteIdentifier('a\0b')).toThrow();
  });
});
