import { fc, test as property } from '@fast-check/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Grammar, loadGrammar } from '../../../main/adapters/sqlGrammar.ts';
import { splitStatements } from '../../../main/services/migrations/preview/statements.ts';
import { realisticMigrations } from '../../support/migrations/set.ts';

let grammar: Grammar;
beforeAll(async () => {
  grammar = await loadGrammar();
});
const split = (sql: string) => splitStatements(grammar, '0001_x.sql', sql);

/** A tree without the places in the source. */
const bare = (tree: unknown) =>
  JSON.stringify(tree, (key, value: unknown) => (/location$|list_(?:start|end)$/.test(key) ? undefined : value));

const pieces = [
  'SELECT 1',
  "SELECT 'a;b', $$;$$, $q$ ; -- $q$",
  'CREATE TABLE "weird;name" (id int, "é" text DEFAULT \'ü;\')',
  "DO $$ BEGIN RAISE NOTICE 'x; y'; END $$",
  'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END; $body$',
  "COMMENT ON TABLE t IS E'it\\'s; done'",
  'SELECT /* inner ; /* nested ; */ */ 2',
  "SELECT 'emoji 😀; 漢字'",
  'INSERT INTO t VALUES (1), (2)\n  ON CONFLICT DO NOTHING',
  ...realisticMigrations()
    .slice(0, 12)
    .flatMap(({ sql }) => {
      const text = sql.trim();
      return text.includes(';\n') ? [] : [text.replace(/;$/, '')];
    }),
];
const separators = [
  ';',
  ';\n',
  ';\n\n-- a comment; é\n',
  '; /* another ; one */ ',
  ';;\r\n',
  ';\n/* 😀 /* in */ ; */\n-- two\n\t',
];

describe('splitting', () => {
  property.prop([
    fc.array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(...separators)), { maxLength: 8 }),
    fc.constantFrom('', '-- begin é\n', '\n\n  ', '/* ; */'),
    fc.boolean(),
  ])('gives back each statement with its line, whatever is between them', (parts, before, semicolon) => {
    let sql = before;
    const lines: number[] = [];
    for (const [index, [piece, separator]] of parts.entries()) {
      lines.push(sql.split('\n').length);
      sql += piece + (index < parts.length - 1 || semicolon ? separator : '');
    }
    const { statements, problem } = split(sql);
    expect(problem).toBeUndefined();
    expect(statements.map((one) => one.sql)).toEqual(parts.map(([piece]) => piece));
    expect(statements.map((one) => one.line)).toEqual(lines);
  });

  property.prop([
    fc.shuffledSubarray(
      realisticMigrations().map(({ sql }) => sql),
      { maxLength: 6 },
    ),
  ])('statements put together again parse to the same trees', (files) => {
    const { statements } = split(files.join('\n'));
    const again = split(statements.map(({ sql }) => sql).join('\n;\n'));
    expect(again.problem).toBeUndefined();
    expect(bare(again.statements.map(({ node }) => node))).toBe(bare(statements.map(({ node }) => node)));
    expect(statements.length).toBe(files.reduce((sum, sql) => sum + split(sql).statements.length, 0));
  });

  test('lines end as on Windows as well', () => {
    expect(split('SELECT 1;\r\n\r\nSELECT 2;\r\n').statements.map(({ line, sql }) => [line, sql])).toEqual([
      [1, 'SELECT 1'],
      [3, 'SELECT 2'],
    ]);
  });

  test('files without statements are none', () => {
    for (const sql of ['', ' \n', '-- nothing\n', ';;', '/* x */']) expect(split(sql)).toEqual({ statements: [] });
  });
});

describe('what PostgreSQL would not take', () => {
  test.each([
    ['SELECT 1;\n-- é é é\nSELEC 2;', 3, 'grammar'],
    ['SELECT 1;\nCREATE TABLE t (;\nSELECT 2;', 2, 'grammar'],
    ["SELECT 1;\nSELECT 'open;\nSELECT 2;", 2, 'grammar'],
    ['-- 😀\n\\set x 1\nSELECT 1;', 2, 'psql'],
    ['SELECT 1;\n\\copy t from x', 2, 'psql'],
    ['CREATE TABLE t (a int, b int);\nCOPY t FROM stdin;\n1\t2\n\\.\n', 3, 'copy'],
    ['CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n', 2, 'copy'],
  ])('%j', (sql, line, fault) => {
    expect(split(sql)).toMatchObject({
      statements: [],
      problem: { code: 'migration-syntax', values: { name: '0001_x.sql', line, fault } },
    });
  });
});
