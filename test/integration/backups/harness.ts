import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { BackupView } from '../../../contract/backup.ts';
import type { Route } from '../../../contract/connection.ts';
import type { OperationView } from '../../../contract/operation.ts';
import { type Companion, compose } from '../../../main/compose.ts';
import type { Question } from '../../../main/services/ports.ts';
import type { PostgresServer } from '../../support/postgres.ts';
import { clientProgram, type PostgresMajor } from '../../support/postgresInstallation.ts';
import type { TestRole } from '../../support/postgresRoles.ts';
import { run } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';

export const never = new AbortController().signal;

/** The whole app without a window, in a folder of its own. Host keys are trusted; nothing else is answered. */
export function startCompanion(folder = supportFolder('companion')): Companion {
  return compose({
    folder,
    emit: () => undefined,
    ask: async (question: Question) => {
      if (question.kind === 'host-key') return { kind: 'accept' };
      throw new Error(`nobody answers ${question.kind}`);
    },
    spawnPractice: () => {
      throw new Error('no practice here');
    },
    startedBy: 'command-line',
  });
}

/** A folder with exactly these versions of PostgreSQL's tools: as PATH it is all that the app finds, but for the machine's own. */
export function toolsFolder(...majors: PostgresMajor[]): string {
  const folders = majors.map((major) => {
    const folder = path.join(supportFolder('tools'), String(major));
    mkdirSync(folder);
    for (const tool of ['pg_dump', 'pg_restore', 'psql'] as const) {
      // Not a link: some are scripts that look for their libraries beside themselves.
      writeFileSync(path.join(folder, tool), `#!/bin/sh\nexec '${clientProgram(major, tool)}' "$@"\n`, { mode: 0o755 });
    }
    return folder;
  });
  return folders.join(path.delimiter);
}

/** An instance for this role of this server, its password kept for the session. */
export async function addInstance(
  companion: Companion,
  server: { host: string; port: number },
  role: TestRole,
  more: { name?: string; route?: Route; tls?: { mode: 'verify-full'; ca: string } } = {},
): Promise<string> {
  const { id } = await companion.instances.create({
    name: more.name ?? `films ${server.port}`,
    kind: 'external',
    route: more.route ?? { kind: 'direct' },
    connection: {
      hosts: [{ host: server.host, port: server.port }],
      database: role.database,
      user: role.user,
      tls: more.tls ?? { mode: 'disable' },
      channelBinding: 'prefer',
      targetSessionAttrs: 'any',
      connectTimeoutSeconds: 10,
    },
  });
  await companion.instances.setPassword(id, role.password, 'session');
  return id;
}

/** Rows of every kind: text in many scripts, bytes, arrays, numbers that are not numbers, names that need quotes. */
export async function fill(server: PostgresServer, database: string, rows = 2000): Promise<void> {
  await server.sql(
    `CREATE SCHEMA "Ünïcode ""schema""";
     CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());
     INSERT INTO aperture_migrations (name) VALUES ('0001_init.sql'), ('0114_last.sql');
     CREATE TABLE movies (id serial PRIMARY KEY, title text, raw bytea, tags text[], score float8, more jsonb);
     INSERT INTO movies (title, raw, tags, score, more)
       SELECT 'Фильм ''' || i || E''' \\\\ \\t 映画 🎬', decode(md5(i::text), 'hex'), ARRAY['a,b', NULL, '"'],
              CASE i % 3 WHEN 0 THEN 'NaN' WHEN 1 THEN '-Infinity' ELSE i / 7.0 END, jsonb_build_object('n', i)
       FROM generate_series(1, ${rows}) i;
     CREATE TABLE "Ünïcode ""schema"""."wéird "" table; --" ("a ""col" text, "b" numeric);
     INSERT INTO "Ünïcode ""schema"""."wéird "" table; --" SELECT repeat('x', i % 50), i * 1.1 FROM generate_series(1, 500) i;
     CREATE TABLE parted (id int, at date) PARTITION BY RANGE (id);
     CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
     CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (100) TO (1000);
     INSERT INTO parted SELECT i, DATE '2026-01-01' + i FROM generate_series(1, 300) i;
     CREATE TABLE nothing_inside (id int)`,
    { database },
  );
}

/** Count and checksum of every table, by name. */
async function contentsOf(server: PostgresServer, database: string): Promise<Record<string, string>> {
  const tables = await server.sql(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1`,
    { database },
  );
  const contents: Record<string, string> = {};
  for (const { name } of tables as { name: string }[]) {
    const [sum] = await server.sql(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS sum FROM ONLY ${name} t`,
      { database },
    );
    contents[name] = String(sum?.sum);
  }
  return contents;
}

/** Restores with plain pg_restore into a new database of a server and compares every table by count and checksum. */
export async function expectSameAfterRestore(
  backup: BackupView,
  from: { server: PostgresServer; database: string },
  tool: PostgresMajor,
  into: PostgresServer = from.server,
): Promise<void> {
  const scratch = `scratch_${Math.random().toString(36).slice(2)}`;
  await into.sql(`CREATE DATABASE ${scratch}`);
  const { code, stderr } = await run(
    [clientProgram(tool, 'pg_restore'), '--no-owner', '--no-acl', '-d', scratch, backup.where.path],
    {
      env: {
        ...process.env,
        PGHOST: into.socketDir,
        PGPORT: String(into.port),
        PGUSER: into.superuser,
        PGPASSWORD: into.superPassword,
      },
    },
  );
  // A newer tool sets what an older server doesn't know: that alone is no loss.
  const errors = stderr.split('\n').filter((line) => line.startsWith('pg_restore: error:'));
  expect(errors.filter((line) => !line.includes('unrecognized configuration parameter'))).toEqual([]);
  if (errors.length === 0) expect(code, stderr).toBe(0);
  const before = await contentsOf(from.server, from.database);
  expect(await contentsOf(into, scratch)).toEqual(before);
  const counted = Object.fromEntries(
    backup.manifest?.tables.map(({ schema, name, rows }) => [`${quoted(schema)}.${quoted(name)}`, rows]) ?? [],
  );
  expect(counted).toEqual(
    Object.fromEntries(Object.entries(before).map(([name, sum]) => [name, Number(sum.split(' ')[0])])),
  );
  await into.sql(`DROP DATABASE ${scratch}`);
}

/** As format('%I') of the server does for the names in these tests. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : pg.escapeIdentifier(name);
}

/** Runs a backup and gives what it made; a failure is raised with everything that was said. */
export async function backup(companion: Companion, instanceId: string, more: object = {}): Promise<BackupView> {
  const begun = await companion.backups.run({ instanceId, ...more });
  const view = await begun.ended;
  const made = await begun.backup;
  if (view.state !== 'succeeded' || made === undefined) throw new Error(await explain(companion, view));
  return made;
}

export async function explain(companion: Companion, view: OperationView): Promise<string> {
  const log = await companion.operations.log(view.id);
  return `${JSON.stringify(view, null, 1)}\n${log.map(({ line }) => line).join('\n')}`;
}
