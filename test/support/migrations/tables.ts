/** The parts of the realistic set that make tables: titles and SQL, in the order in which they are applied. */
export type Step = readonly [title: string, sql: string];

/** Whether the server that they are for has pgvector. Without it, embeddings are arrays and their indexes are plain ones. */
export type Flavour = { vector: boolean };

export const dimensions = [256, 384, 512, 768, 1024, 1536, 3072, 4096] as const;
const embeddingKinds = ['', 'series_', 'episode_'] as const;
/** The longest halfvec that HNSW and IVFFlat take. */
const longestIndexed = 4000;

export function tableSteps(flavour: Flavour): Step[] {
  return [
    ['init', extensions(flavour)],
    ['users', users],
    ['updated_at', touch],
    ['movies', movies],
    ['series', series],
    ['episodes', episodes],
    ['people', people],
    ['genres', genres],
    ['watch_history', watchHistory],
    ['user_ratings', userRatings],
    ['system_settings', systemSettings],
    ['recommendations', recommendations],
    ...embeddingKinds.flatMap((kind) =>
      dimensions.map((size): Step => [`${kind}embeddings_${size}`, embeddings(kind, size, flavour)]),
    ),
    ['taste', taste(flavour)],
    ['libraries', plain('libraries', 'path text NOT NULL')],
    ['collections', plain('collections', 'movie_ids uuid[] NOT NULL DEFAULT ARRAY[]::uuid[]')],
    ['job_status', jobStatus],
    ['sessions', plain('sessions', 'expires_at timestamptz NOT NULL')],
    ...Array.from({ length: 24 }, (_, at): Step => [`feature_${at + 1}`, feature(at + 1)]),
  ];
}

function extensions({ vector }: Flavour): string {
  const names = ['pgcrypto', 'pg_trgm', ...(vector ? ['vector'] : [])];
  return `-- What everything else builds upon.\n${names.map((name) => `CREATE EXTENSION IF NOT EXISTS ${name};`).join('\n')}\n`;
}

const users = `CREATE TYPE user_role AS ENUM ('admin', 'viewer');

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(100) NOT NULL,
  email text,
  role user_role NOT NULL DEFAULT 'viewer',
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users IS 'People; "admins" may do everything; others may watch';
`;

const touch = `/* A function body is not run when it is made: the DELETE in here hurts nobody; nor does this one: ; */
CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END;
$body$;

CREATE FUNCTION forget_user(who uuid) RETURNS void LANGUAGE sql AS $$ DELETE FROM users WHERE id = who; $$;
`;

const movies = `CREATE TABLE movies (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider_id varchar(64) UNIQUE,
  title text NOT NULL,
  overview text,
  year integer,
  runtime_minutes integer,
  rating numeric(3, 1),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX movies_title_trgm ON movies USING gin (title gin_trgm_ops);
CREATE TRIGGER movies_touch BEFORE UPDATE ON movies FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
`;

const series = `CREATE TABLE series (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL,
  seasons integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
`;

const episodes = `CREATE TABLE episodes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  series_id uuid NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  season integer NOT NULL,
  number integer NOT NULL,
  title text,
  UNIQUE (series_id, season, number)
);
`;

const people = `CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE movie_people (
  movie_id uuid NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
  person_id bigint NOT NULL REFERENCES people (id),
  job varchar(32) NOT NULL,
  PRIMARY KEY (movie_id, person_id, job)
);
`;

const genres = `CREATE TABLE genres (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO genres (name) VALUES ('Drama'), ('Comedy'), ('Children''s'), ('Sci-Fi; Fantasy');
`;

const watchHistory = `CREATE TABLE watch_history (
  id bigserial PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  movie_id uuid REFERENCES movies (id) ON DELETE SET NULL,
  watched_at timestamptz NOT NULL DEFAULT now(),
  seconds integer
);
CREATE INDEX watch_history_user ON watch_history (user_id, watched_at DESC);
`;

const userRatings = `CREATE TABLE user_ratings (
  user_id uuid NOT NULL,
  movie_id uuid NOT NULL,
  rating smallint NOT NULL,
  rated_at timestamptz NOT NULL DEFAULT now()
);
`;

const systemSettings = `CREATE TABLE system_settings (key text PRIMARY KEY, value text, updated_at timestamptz NOT NULL DEFAULT now());
INSERT INTO system_settings (key, value) VALUES ('setup_complete', 'false'), ('embedding_model', 'text-embedding-3-small')
ON CONFLICT (key) DO NOTHING;
`;

const recommendations = `CREATE TABLE recommendation_runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  started_at timestamptz NOT NULL DEFAULT now(),
  parameters json
);
CREATE TABLE recommendation_candidates (
  run_id uuid NOT NULL REFERENCES recommendation_runs (id) ON DELETE CASCADE,
  movie_id uuid NOT NULL,
  score real NOT NULL,
  rank integer
);
CREATE VIEW latest_runs AS SELECT DISTINCT ON (user_id) * FROM recommendation_runs ORDER BY user_id, started_at DESC;
`;

const jobStatus = `CREATE TABLE job_status (
  id bigserial,
  job text NOT NULL,
  state text NOT NULL DEFAULT 'waiting',
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE job_status_old PARTITION OF job_status FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
CREATE TABLE job_status_now PARTITION OF job_status DEFAULT;
`;

/** The type of a column of vectors. */
function vectorType(size: number, { vector }: Flavour): string {
  return vector ? `halfvec(${size})` : 'real[]';
}

export function vectorIndex(name: string, table: string, method: 'hnsw' | 'ivfflat', { vector }: Flavour): string {
  if (!vector) return `CREATE INDEX ${name} ON ${table} (id);`;
  const more = method === 'hnsw' ? ' WITH (m = 16, ef_construction = 64)' : ' WITH (lists = 10)';
  return `CREATE INDEX ${name} ON ${table} USING ${method} (embedding halfvec_cosine_ops)${more};`;
}

function embeddings(kind: string, size: number, flavour: Flavour): string {
  const name = `${kind}embeddings_${size}`;
  const table = `CREATE TABLE IF NOT EXISTS ${name} (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  model text NOT NULL DEFAULT 'text-embedding-3-small',
  embedding ${vectorType(size, flavour)} NOT NULL
);
`;
  return size > longestIndexed ? table : `${table}${vectorIndex(`${name}_hnsw`, name, 'hnsw', flavour)}\n`;
}

function taste(flavour: Flavour): string {
  return `CREATE TABLE user_taste (id uuid PRIMARY KEY, embedding ${vectorType(1536, flavour)});
${vectorIndex('user_taste_ivfflat', 'user_taste', 'ivfflat', flavour)}
`;
}

function plain(name: string, column: string): string {
  return `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, ${column});\n`;
}

function feature(number: number): string {
  return `CREATE TABLE feature_${number} (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  owner uuid REFERENCES users (id) ON DELETE CASCADE,
  title varchar(80),
  amount integer NOT NULL DEFAULT ${number},
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX feature_${number}_owner ON feature_${number} (owner);
`;
}
