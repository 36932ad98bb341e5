import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quoteIdentifier, quoteLiteral } from '../../main/sql/quoting.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ major: 17 });
});
afterAll(() => server?.stop('immediate'));

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const awkward = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom(...printable, '\\', "'", '"', '$', '\n', '\t', 'é', '🔑'),
      minLength: 1,
      maxLength: 60,
    }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  )
  .filter((text) => !text.includes('\0'));
/** PostgreSQL keeps 63 bytes of a name. */
const names = awkward.filter((text) => Buffer.byteLength(text) <= 63);

test('every printable character, as a name and as a text', async () => {
  const texts = [...printable, printable.join(''), "'; DROP TABLE x; --", '\\', "\\'", '$$', '\u2028', 'ü€🔑'];
  const rows = await server.sql(
    `SELECT * FROM (VALUES ${texts.map((text) => `(${quoteLiteral(text)})`).join(',')}) AS v(value)`,
  );
  expect(rows.map((row) => row.value)).toEqual(texts);
  const labels = [...new Set(texts)].filter((text) => Buffer.byteLength(text) <= 63);
  const [row] = await server.sql(
    `SELECT ${labels.map((label, index) => `${index} AS ${quoteIdentifier(label)}`).join(',')}`,
  );
  expect(Object.keys(row ?? {}).sort()).toEqual([...labels].sort());
});

describe.each(['on', 'off'])('standard_conforming_strings = %s', (conforming) => {
  property.prop([fc.array(fc.tuple(names, awkward), { minLength: 1, maxLength: 20 })], { numRuns: 40 })(
    'names and texts come back as they are',
    async (pairs) => {
      const values = pairs.map(
        ([name, value]) => `SELECT ${quoteLiteral(name)} AS name, ${quoteLiteral(value)} AS value`,
      );
      const rows = await server.sql(
        `SET standard_conforming_strings = ${conforming};
         CREATE TEMP TABLE made AS ${values.join(' UNION ALL ')};
         SELECT * FROM made`,
      );
      expect(rows.map(({ name, value }) => [name, value])).toEqual(pairs);
    },
  );
});

/** Neither may begin with `pg_`; the first letter keeps them apart from PostgreSQL’s own. */
const ownNames = names.filter((name) => Buffer.byteLength(name) < 63).map((name) => `o${name}`);
property.prop([ownNames, ownNames, awkward], { numRuns: 60 })(
  'a role, a schema and a comment are made as they are named',
  async (role, schema, comment) => {
    await server.sql(`CREATE ROLE ${quoteIdentifier(role)} PASSWORD ${quoteLiteral(comment)};
    CREATE SCHEMA ${quoteIdentifier(schema)};
    COMMENT ON SCHEMA ${quoteIdentifier(schema)} IS ${quoteLiteral(comment)}`);
    try {
      const rows = await server.sql(
        `SELECT nspname, obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)}`,
      );
      expect(rows).toEqual([{ nspname: schema, comment }]);
    } finally {
      await server.sql(`DROP SCHEMA ${quoteIdentifier(schema)}; DROP ROLE ${quoteIdentifier(role)}`);
    }
  },
);

test('the zero character is refused', () => {
  expect(() => quoteIdentifier('a\0b')).toThrow();
  expect(() => quoteLiteral('a\0b')).toThrow();
});
