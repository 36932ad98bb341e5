import type { RestoreReport } from '../../../contract/restore.ts';
import type { Companion } from '../../../main/compose.ts';
import type { RestoreRequest } from '../../../main/services/restores.ts';
import type { PostgresServer } from '../../support/postgres.ts';
import type { TestRole } from '../../support/postgresRoles.ts';
import { explain } from '../backups/harness.ts';

/** What an Aperture database has, small: a ledger, users, films, and vectors with their index where the server has pgvector. */
export async function fillFilms(server: PostgresServer, role: TestRole, vectors: boolean, rows = 300): Promise<void> {
  if (vectors) await server.sql('CREATE EXTENSION vector', { database: role.database });
  await server.sql(
    `CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());
     INSERT INTO aperture_migrations (name) VALUES ('0001_init.sql'), ('0002_more.sql');
     CREATE TABLE users (id serial PRIMARY KEY, name text UNIQUE);
     INSERT INTO users (name) SELECT 'user ' || i FROM generate_series(1, 7) i;
     CREATE TABLE movies (id serial PRIMARY KEY, title text NOT NULL, year int);
     INSERT INTO movies (title, year) SELECT 'Film ' || i, 1900 + i % 120 FROM generate_series(1, ${rows}) i;
     CREATE INDEX movies_year ON movies (year);
     CREATE VIEW recent AS SELECT * FROM movies WHERE year > 2000;
     COMMENT ON TABLE movies IS 'what can be watched'`,
    role,
  );
  if (!vectors) return;
  await server.sql(
    `CREATE TABLE embeddings_8 (movie_id int PRIMARY KEY REFERENCES movies, embedding halfvec(8));
     INSERT INTO embeddings_8 SELECT i, (SELECT array_agg(((i * j) % 17)::real) FROM generate_series(1, 8) j)::vector(8)::halfvec
       FROM generate_series(1, ${rows}) i;
     CREATE INDEX embeddings_8_hnsw ON embeddings_8 USING hnsw (embedding halfvec_cosine_ops)`,
    role,
  );
}

export async function titles(server: PostgresServer, database: string): Promise<string> {
  const [row] = await server.sql(
    `SELECT count(*)::int || ' ' || md5(string_agg(id || title, ',' ORDER BY id)) AS sum FROM movies`,
    { database },
  );
  return String(row?.sum);
}

/** Runs a restore to its end and gives its report; a failure is raised with everything that was said. */
export async function restored(companion: Companion, request: RestoreRequest): Promise<RestoreReport> {
  const { ended, report } = await companion.restores.run(request);
  const view = await ended;
  const made = await report;
  if (view.state !== 'succeeded' || made === undefined) throw new Error(await explain(companion, view));
  return made;
}

/** The operation's end, which has to be a good one. */
export async function finished(companion: Companion, begun: Promise<{ ended: Promise<unknown> }>): Promise<void> {
  const view = (await (await begun).ended) as Parameters<typeof explain>[1];
  if (view.state !== 'succeeded') throw new Error(await explain(companion, view));
}

/** Databases of the server that are nobody's template, by name. */
export async function databaseNames(server: PostgresServer): Promise<string[]> {
  const rows = await server.sql(
    `SELECT datname AS name FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1`,
  );
  return rows.map(({ name }) => String(name));
}
