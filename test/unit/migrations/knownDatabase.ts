import type { Facts, RelationFacts } from '../../../main/services/migrations/preview/facts.ts';

/** A table of facts: a million rows in 800 MB unless told. */
export function relation(name: string, more: Partial<RelationFacts> = {}): RelationFacts {
  return {
    asked: `"${name}"`,
    name: `public.${name}`,
    kind: 'r',
    rows: 1_000_000,
    bytes: 800e6,
    indexBytes: 100e6,
    owned: true,
    rights: ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'],
    followers: [],
    columns: [
      { name: 'id', type: 'uuid', modifier: -1, base: null },
      { name: 'title', type: 'character varying', modifier: 104, base: null },
      { name: 'price', type: 'numeric', modifier: ((10 << 16) | 2) + 4, base: null },
      { name: 'year', type: 'integer', modifier: -1, base: null },
      { name: 'at', type: 'timestamp with time zone', modifier: -1, base: null },
      { name: 'code', type: 'character', modifier: 8, base: null },
      { name: 'embedding', type: 'halfvec', modifier: 1536, base: null },
    ],
    ...more,
  };
}

/** What a database with three tables, two indexes and a view would tell. */
export function knownDatabase(more: Partial<Facts> = {}): Facts {
  const type = (asked: string, name: string) => ({ asked, name });
  return {
    user: 'app',
    superuser: false,
    version: 170000,
    schema: 'public',
    schemas: [{ name: 'public', mayCreate: true }],
    mayCreateSchemas: true,
    relations: [
      relation('movies'),
      relation('users', {
        rows: 20,
        bytes: 16_384,
        followers: [
          { name: 'public.history', deletes: true, rows: 300, bytes: 8192 },
          { name: 'public.runs', deletes: false, rows: 4, bytes: 8192 },
          { name: 'public.nothing', deletes: true, rows: 0, bytes: 0 },
        ],
      }),
      relation('empty', { rows: 0, bytes: 8192 }),
      relation('popular', { kind: 'm' }),
      relation('newest', { kind: 'v', rows: 0, bytes: 0 }),
      relation('movies_title', { kind: 'i', rows: 0 }),
      relation('numbers', { kind: 'S', rows: 0 }),
    ],
    types: [
      type('"pg_catalog"."varchar"', 'character varying'),
      type('"pg_catalog"."numeric"', 'numeric'),
      type('"pg_catalog"."int4"', 'integer'),
      type('"pg_catalog"."int8"', 'bigint'),
      type('"pg_catalog"."bpchar"', 'character'),
      type('"text"', 'text'),
    ],
    extensions: [
      { name: 'vector', installed: true, available: true, trusted: false },
      { name: 'pg_trgm', installed: false, available: true, trusted: true },
      { name: 'plpython3u', installed: false, available: true, trusted: false },
      { name: 'postgis', installed: false, available: false, trusted: false },
    ],
    alike: [
      ['character varying', 'text'],
      ['text', 'character varying'],
    ],
    ownFunctions: ['do_anything'],
    volatileFunctions: ['gen_random_uuid', 'random', 'clock_timestamp', 'do_anything'],
    dependents: [
      { kind: 'type', asked: '"mood"', what: 'column', name: 'public.movies.mood', rows: 1_000_000, bytes: 800e6 },
      { kind: 'table', asked: '"movies"', what: 'view', name: 'public.newest', rows: 0, bytes: 0 },
      { kind: 'schema', asked: '"archive"', what: 'table', name: 'archive.old', rows: 5, bytes: 8192 },
      { kind: 'schema', asked: '"archive"', what: 'column', name: 'archive.old.mood', rows: 5, bytes: 8192 },
      { kind: 'extension', asked: '"vector"', what: 'column', name: 'public.movies.embedding', rows: 9, bytes: 8192 },
    ],
    ...more,
  };
}
