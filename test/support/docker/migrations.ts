/** A migration of the stand-in server. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const dimensions = [256, 384, 512, 768, 1024, 1536, 3072, 4096] as const;

/** The longest halfvec that HNSW takes in pgvector. */
const longestIndexed = 4000;

/** Tables that the companion and its tests know by name; the rest only make up the number. */
const named = [
  'users',
  'movies',
  'series',
  'episodes',
  'watch_history',
  'user_ratings',
  'recommendation_runs',
  'recommendation_candidates',
  'recommendation_evidence',
  'system_settings',
] as const;

/** Tables in all, the ledger included. */
const tables = 80;

/** Migrations in all: those of version 0.7.8. Older versions have the first so many of them. */
const total = 114;

/**
 * The stand-in's migrations: of our own making, with the real schema's shape as far as it can be told from outside:
 * 114 files, 80 tables, 27 HNSW indexes on halfvec columns, three extensions, NOTICEs, one that deletes all embeddings.
 */
export function standInMigrations(): Migration[] {
  const steps: [title: string, sql: string][] = [
    [
      'init',
      'CREATE EXTENSION IF NOT EXISTS pgcrypto;\nCREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);',
    ],
    ['vector', 'CREATE EXTENSION IF NOT EXISTS vector;\nCREATE EXTENSION IF NOT EXISTS vector;'],
    ...named.slice(1).map((name): [string, string] => [name, plainTable(name)]),
    ...['', 'series_', 'episode_'].flatMap((kind) =>
      dimensions.map((size): [string, string] => [`${kind}embeddings_${size}`, embeddingTable(kind, size)]),
    ),
    [
      'trigrams',
      'CREATE EXTENSION IF NOT EXISTS pg_trgm;\nCREATE INDEX movies_title_trgm ON movies USING gin (title gin_trgm_ops);',
    ],
    ['settings', "INSERT INTO system_settings (key, value) VALUES ('setup_complete', 'false');"],
    [
      'notices',
      "DROP TABLE IF EXISTS not_there_any_more;\nDO $$ BEGIN RAISE NOTICE 'settings were looked through'; END $$;",
    ],
    ...Array.from({ length: 6 }, (_, index): [string, string] => [`taste_${index + 1}`, tasteTable(index + 1)]),
    ['forget_embeddings', dimensions.map((size) => `DELETE FROM embeddings_${size};`).join('\n')],
  ];
  const rest = tables - 1 - named.length - 3 * dimensions.length - 6;
  for (let index = 1; index <= rest; index += 1) steps.push([`area_${index}`, plainTable(`area_${index}`)]);
  for (let index = 1; steps.length < total; index += 1) {
    steps.push([`area_${index}_note`, `ALTER TABLE area_${index} ADD COLUMN note text;`]);
  }
  return steps.map(([title, sql], index) => ({
    name: `${String(index + 1).padStart(4, '0')}_${title}.sql`,
    sql: `${sql}\n`,
  }));
}

function plainTable(name: string): string {
  if (name === 'system_settings') {
    return 'CREATE TABLE system_settings (key text PRIMARY KEY, value text, updated_at timestamptz NOT NULL DEFAULT now());';
  }
  return `CREATE TABLE ${name} (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text,
  owner uuid REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now()
);`;
}

function embeddingTable(kind: string, size: number): string {
  const name = `${kind}embeddings_${size}`;
  const table = `CREATE TABLE ${name} (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  model text NOT NULL DEFAULT 'text-embedding-3-small',
  embedding halfvec(${size}) NOT NULL
);`;
  return size > longestIndexed ? table : `${table}\n${hnsw(name)}`;
}

function tasteTable(index: number): string {
  const name = `user_taste_${index}`;
  return `CREATE TABLE ${name} (user_id uuid REFERENCES users (id), embedding halfvec(1536));\n${hnsw(name)}`;
}

function hnsw(table: string): string {
  return `CREATE INDEX ${table}_hnsw ON ${table} USING hnsw (embedding halfvec_cosine_ops);`;
}
