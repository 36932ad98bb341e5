import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { backupManifestSchema } from '../../../contract/backup.ts';
import { startKeychain } from '../../support/keychain.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { until } from '../../support/processes.ts';
import { type CommandLine, commandLine, problemIn } from '../cli/commandLine.ts';
import { fill, toolsFolder } from './harness.ts';

let server: PostgresServer;
let keychain: Awaited<ReturnType<typeof startKeychain>>;
let cli: CommandLine;
let folder: string;
const viewSchema = z.looseObject({
  id: z.string(),
  bytes: z.number(),
  where: z.object({ path: z.string() }).loose(),
  verification: z.looseObject({ state: z.string() }),
  manifest: backupManifestSchema,
});

beforeAll(async () => {
  server = await startPostgres({ major: 17 });
  await fill(server, 'postgres', 500);
  keychain = await startKeychain('unlocked');
  cli = commandLine({ ...keychain.env, PATH: `${toolsFolder(17)}:${process.env.PATH}` });
  folder = path.join(cli.home, 'my backups');
  mkdirSync(folder);
  const { superuser, superPassword, host, port } = server;
  const url = `postgres://${superuser}:${encodeURIComponent(superPassword)}@${host}:${port}/postgres?sslmode=disable`;
  const { code, stderr, stdout } = await cli.run(['instances', 'add', '--name', 'Films', '--url', url]);
  expect(code, stderr + stdout).toBe(0);
});
afterAll(async () => {
  await keychain?.stop();
  await server?.stop('immediate');
});

test('plan, now, list, show, verify, inspect: documents and exit codes', async () => {
  const plan = await cli.run(['backup', 'now', '--instance', 'Films', '--to', folder, '--plan']);
  expect(plan.code, plan.stderr).toBe(0);
  expect(plan.stdout).toMatch(/Tool +pg_dump 17/);
  expect(readdirSync(folder)).toEqual([]);

  const made = await cli.json(['backup', 'now', '--instance', 'Films', '--to', folder, '--label', 'first']);
  expect(made.code, made.stdout + made.stderr).toBe(0);
  const { backup } = z.object({ backup: viewSchema, operation: z.string() }).parse(made.document);
  expect(backup).toMatchObject({ label: 'first', verification: { state: 'verified' } });
  expect(path.dirname(backup.where.path)).toBe(folder);
  expect(made.stdout + cli.kept()).not.toContain(server.superPassword);

  // The folder is remembered.
  expect((await cli.run(['backup', 'now', '--instance', 'Films'])).code).toBe(0);
  const list = await cli.json(['backup', 'list', '--instance', 'Films']);
  expect(list.code).toBe(0);
  expect(z.object({ backups: z.array(viewSchema) }).parse(list.document).backups).toHaveLength(2);
  expect((await cli.run(['backup', 'show', backup.id])).stdout).toContain('public.movies');
  expect((await cli.run(['backup', 'verify', backup.id])).code).toBe(0);
  expect((await cli.run(['backup', 'inspect', backup.where.path])).stdout).toContain('public.movies');

  writeFileSync(backup.where.path, 'no dump');
  const damaged = await cli.json(['backup', 'verify', backup.id]);
  expect(damaged.code).toBe(3);
  expect(problemIn(damaged.document).code).toBe('backup-damaged');
  expect((await cli.run(['backup', 'list'])).code).toBe(1);
  expect((await cli.run(['backup', 'inspect', backup.where.path])).code).toBe(1);
  expect((await cli.run(['backup', 'show', 'nothing'])).code).toBe(3);
  expect((await cli.run(['backup', 'now'])).code).toBe(2);
}, 180_000);

test('Ctrl+C ends it with 130 and leaves nothing', async () => {
  await server.sql(`CREATE TABLE bulk (id int, noise text);
    INSERT INTO bulk SELECT i, (SELECT string_agg(md5(random()::text || i || j), '') FROM generate_series(1, 30) j) FROM generate_series(1, 60000) i`);
  const before = readdirSync(folder).sort();
  const running = cli.begin(['backup', 'now', '--instance', 'Films']);
  await until(
    () => Promise.resolve(readdirSync(folder).some((name) => name.endsWith('.part'))),
    60_000,
    () => running.stderr(),
  );
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(130);
  expect(readdirSync(folder).sort()).toEqual(before);
  const left = await server.sql(
    `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'aperture-companion-backup%'`,
  );
  expect(left).toEqual([]);
}, 120_000);
