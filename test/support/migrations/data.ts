import type { Flavour } from './tables.ts';

/** Rows that `testData` makes, by table; `rows` of them in movies and what hangs on them. */
export function testRows(rows: number): Record<string, number> {
  return {
    users: 20,
    movies: rows,
    series: rows,
    watch_history: rows,
    user_ratings: 2 * rows,
    embeddings_384: rows,
    embeddings_256: 3,
    sessions: 5,
    user_taste: 20,
    feature_24: 7,
    feature_23: 4,
    recommendation_candidates: rows,
  };
}

/**
 * SQL that fills the tables, to be run in one go. Valid after the first `tableMigrations()` of the realistic set and up to its end (not after the
 * last ones, which drop some of the tables). Two users have the same address, every movie is rated twice by one user, half the movies have no year.
 */
export function testData({ rows = 200, vector = true }: Partial<Flavour> & { rows?: number } = {}): string {
  const cast = (size: number) => (vector ? `::halfvec(${size})` : '');
  const numbers = (size: number) =>
    `(SELECT array_agg(((n * 31 + k * 7) % 101)::real / 101) FROM generate_series(1, ${size}) k)${cast(size)}`;
  return `
INSERT INTO users (name, email) SELECT 'user ' || n, 'user' || (n % 19) || '@example.org' FROM generate_series(1, 20) n;
INSERT INTO movies (provider_id, title, year, runtime_minutes, rating)
  SELECT 'tt' || n, 'Movie ' || n, CASE WHEN n % 2 = 0 THEN 1960 + n % 60 END, 80 + n % 60, (n % 100) / 10.0 FROM generate_series(1, ${rows}) n;
INSERT INTO series (title) SELECT 'Series ' || n FROM generate_series(1, ${rows}) n;
INSERT INTO watch_history (user_id, movie_id, seconds) SELECT (SELECT id FROM users ORDER BY name LIMIT 1), id, 1000 FROM movies;
INSERT INTO user_ratings (user_id, movie_id, rating, rated_at)
  SELECT (SELECT id FROM users ORDER BY name LIMIT 1), id, 7, now() - day * interval '1 day' FROM movies, generate_series(1, 2) day;
INSERT INTO recommendation_runs (user_id, parameters) SELECT id, '{"k": 10}' FROM users;
INSERT INTO recommendation_candidates (run_id, movie_id, score) SELECT (SELECT id FROM recommendation_runs LIMIT 1), id, 0.5 FROM movies;
INSERT INTO embeddings_384 (embedding) SELECT ${numbers(384)} FROM generate_series(1, ${rows}) n;
INSERT INTO embeddings_256 (embedding) SELECT ${numbers(256)} FROM generate_series(1, 3) n;
INSERT INTO user_taste (id, embedding) SELECT gen_random_uuid(), ${numbers(1536)} FROM generate_series(1, 20) n;
INSERT INTO sessions (name, expires_at) SELECT 'session ' || n, now() FROM generate_series(1, 5) n;
INSERT INTO feature_24 (title) SELECT 'thing ' || n FROM generate_series(1, 7) n;
INSERT INTO feature_23 (title) SELECT 'thing ' || n FROM generate_series(1, 4) n;
ANALYZE;
`;
}

/** The ledger, as the server makes it. */
const ledgerTable =
  'CREATE TABLE IF NOT EXISTS aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());';

/** Applies a set the way the server does, each file in a transaction of its own with its row of the ledger, as one script. */
export function applyScript(migrations: readonly { name: string; sql: string }[]): string {
  return [
    ledgerTable,
    ...migrations.map(
      ({ name, sql }) => `BEGIN;\n${sql}\n;INSERT INTO aperture_migrations (name) VALUES ('${name}');\nCOMMIT;`,
    ),
  ].join('\n');
}
