import type { StatementEffect } from '../../../contract/migration.ts';
import { dimensions, type Flavour, vectorIndex } from './tables.ts';

/** A migration that changes what is there, and the worst that it does to tables with data in them. */
export type Change = { title: string; sql: string; effect: StatementEffect };

/** The later part of the realistic set: all of them succeed on empty tables and on tables with `testData` in them. */
export function changes(flavour: Flavour): Change[] {
  return [
    change('user_roles', 'harmless', "ALTER TYPE user_role ADD VALUE IF NOT EXISTS 'guest';"),
    change('user_names', 'harmless', 'ALTER TABLE users ALTER COLUMN name TYPE varchar(200);'),
    change('user_names_text', 'harmless', 'ALTER TABLE users ALTER COLUMN name TYPE text;'),
    change('user_language', 'harmless', "ALTER TABLE users ADD COLUMN language text NOT NULL DEFAULT 'en';"),
    change(
      'user_tokens',
      'rewrites-table',
      'ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();',
    ),
    change('runtimes', 'rewrites-table', 'ALTER TABLE movies ALTER COLUMN runtime_minutes TYPE bigint;'),
    change(
      'views',
      'harmless',
      'DROP VIEW latest_runs;\nCREATE VIEW newest_runs AS SELECT id, user_id FROM recommendation_runs;',
    ),
    change(
      'parameters',
      'rewrites-table',
      'ALTER TABLE recommendation_runs ALTER COLUMN parameters TYPE jsonb USING parameters::jsonb;',
    ),
    change('years', 'rewrites-table', 'UPDATE movies SET year = 1900 WHERE year IS NULL;'),
    change('years_needed', 'locks-table', 'ALTER TABLE movies ALTER COLUMN year SET NOT NULL;'),
    change(
      'ratings_keys',
      'locks-table',
      `ALTER TABLE user_ratings
  ADD CONSTRAINT user_ratings_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;`,
    ),
    change(
      'ratings_check',
      'locks-table',
      `ALTER TABLE user_ratings ADD CONSTRAINT user_ratings_range CHECK (rating BETWEEN 0 AND 10) NOT VALID;
ALTER TABLE user_ratings VALIDATE CONSTRAINT user_ratings_range;`,
    ),
    change(
      'ratings_twice',
      'destroys-data',
      `-- Only the newest of each counts.
DELETE FROM user_ratings a USING user_ratings b
WHERE a.user_id = b.user_id AND a.movie_id = b.movie_id AND a.rated_at < b.rated_at;`,
    ),
    change(
      'ratings_unique',
      'builds-index',
      'CREATE UNIQUE INDEX user_ratings_one ON user_ratings (user_id, movie_id);',
    ),
    change(
      'history_seconds',
      'builds-index',
      'CREATE INDEX watch_history_movie ON watch_history (movie_id) WHERE seconds > 60;',
    ),
    change('titles', 'harmless', 'ALTER TABLE movies RENAME COLUMN overview TO summary;'),
    change('old_index', 'harmless', 'DROP INDEX IF EXISTS feature_1_owner;'),
    change('not_there', 'harmless', 'DROP TABLE IF EXISTS not_there_any_more;'),
    change(
      'notices',
      'harmless',
      `DO $$
BEGIN
  RAISE NOTICE 'settings were looked through: %', (SELECT count(*) FROM system_settings);
  RAISE WARNING 'nothing was found; this is said for the log';
END
$$;`,
    ),
    change(
      'guarded',
      'locks-table',
      `DO $do$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'series_seasons_positive') THEN
    ALTER TABLE series ADD CONSTRAINT series_seasons_positive CHECK (seasons > 0);
    RAISE NOTICE 'series are checked now';
  END IF;
END
$do$;`,
    ),
    change(
      'dynamic',
      'unknown',
      `DO $$
DECLARE part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['feature_2', 'feature_3'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS note text', part);
  END LOOP;
END $$;`,
    ),
    change(
      'popular',
      'harmless',
      `CREATE MATERIALIZED VIEW popular_movies AS
  SELECT movie_id, count(*) AS times FROM watch_history GROUP BY movie_id;
CREATE UNIQUE INDEX popular_movies_movie ON popular_movies (movie_id);`,
    ),
    change(
      'settings_keys',
      'harmless',
      "INSERT INTO system_settings (key, value) VALUES ('theme', 'dark') ON CONFLICT DO NOTHING;",
    ),
    change('candidates_rank', 'destroys-data', 'ALTER TABLE recommendation_candidates DROP COLUMN IF EXISTS rank;'),
    change(
      'search_text',
      'rewrites-table',
      "ALTER TABLE series ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED;",
    ),
    change('search_index', 'builds-index', 'CREATE INDEX series_search ON series USING gin (search);'),
    change('taste_hnsw', 'builds-index', vectorIndex('user_taste_hnsw', 'user_taste', 'hnsw', flavour)),
    change('drop_taste_ivfflat', 'harmless', 'DROP INDEX user_taste_ivfflat;'),
    change(
      'episodes_numbers',
      'harmless',
      "ALTER TABLE episodes ALTER COLUMN title SET DEFAULT '', ALTER COLUMN number DROP DEFAULT;",
    ),
    change(
      'temporary',
      'harmless',
      'CREATE TEMPORARY TABLE moved ON COMMIT DROP AS SELECT id FROM movies;\nDELETE FROM moved;',
    ),
    change(
      'split',
      'harmless',
      `CREATE TABLE movie_facts (movie_id uuid PRIMARY KEY, fact text NOT NULL);
INSERT INTO movie_facts SELECT id, 'made in ' || year FROM movies;
ALTER TABLE movie_facts ADD COLUMN checked boolean NOT NULL DEFAULT false;
CREATE INDEX ON movie_facts (checked);
DELETE FROM movie_facts WHERE fact = '';`,
    ),
    change('trimmed', 'destroys-data', 'TRUNCATE sessions;'),
    change(
      'forget_embeddings',
      'destroys-data',
      dimensions.map((size) => `DELETE FROM embeddings_${size};`).join('\n'),
    ),
    change('forget_features', 'destroys-data', 'DROP TABLE feature_24, feature_23 CASCADE;'),
    ...Array.from({ length: 14 }, (_, at) =>
      change(`feature_${at + 4}_note`, 'harmless', `ALTER TABLE feature_${at + 4} ADD COLUMN note text;`),
    ),
    change('last', 'harmless', "COMMENT ON TABLE movies IS 'What can be watched';\nANALYZE movies;"),
  ];
}

function change(title: string, effect: StatementEffect, sql: string): Change {
  return { title, effect, sql: `${sql}\n` };
}
