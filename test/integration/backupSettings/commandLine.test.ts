import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKeychain } from '../../support/keychain.ts';
import { startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { createOwnedDatabase } from '../../support/postgresRoles.ts';
import { mustRun } from '../../support/processes.ts';
import { startReceiver } from '../../support/receiver.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { commandLine } from '../cli/commandLine.ts';

let keychain: Awaited<ReturnType<typeof startKeychain>>;
beforeAll(async () => {
  keychain = await startKeychain('unlocked');
});
afterAll(() => keychain.stop());

test('a backup goes encrypted to its destination, people are told, old ones go, and the kit restores it', async () => {
  const server = await startPostgres({ major: 17 });
  const owner = await createOwnedDatabase(server, 'aperture');
  await server.sql('CREATE TABLE films AS SELECT n, md5(n::text) AS name FROM generate_series(1, 1000) n', owner);
  const tools = path.dirname(clientProgram(17, 'pg_dump'));
  const cli = commandLine({ ...keychain.env, PATH: `${tools}:${process.env.PATH}` });
  const good = async (args: string[], input?: string) => {
    const finished = await cli.json(args, input === undefined ? {} : { input });
    expect(finished.code, `${args.join(' ')}: ${finished.stdout}${finished.stderr}`).toBe(0);
    return finished.document as Record<string, unknown>;
  };
  const url = `postgres://${owner.user}@127.0.0.1:${server.port}/aperture?sslmode=disable`;
  await good(['instances', 'add', '--name', 'Home', '--url', url, '--password-stdin'], owner.password);
  const of = ['--instance', 'Home'];
  const place = path.join(supportFolder('destination'), 'place');
  await good(['backup', 'destinations', 'add', ...of, '--name', 'Disk', '--path', place]);
  await good(['backup', 'destinations', 'test', 'Disk', ...of]);
  await good(['backup', 'encrypt', ...of]);
  const receiver = await startReceiver();
  const address = `${receiver.url}/hook/very-secret-address`;
  await good(['notify', 'add', '--name', 'Phone', '--kind', 'webhook', '--on', 'always'], address);
  await good(['notify', 'test', 'Phone']);
  await good(['backup', 'now', ...of]);
  await good(['backup', 'now', ...of]);
  expect(receiver.received.map(({ body }) => (JSON.parse(body) as { outcome: string }).outcome)).toEqual([
    'test',
    'succeeded',
    'succeeded',
  ]);
  const dumps = () =>
    readdirSync(place)
      .filter((name) => name.endsWith('.dump.age'))
      .sort();
  expect(dumps()).toHaveLength(2);
  const planned = JSON.stringify(await good(['backup', 'prune', ...of, '--last', '1', '--plan']));
  expect(planned).toContain('"keep":false');
  expect(dumps()).toHaveLength(2);
  expect(JSON.stringify(await good(['backup', 'prune', ...of, '--plan']))).not.toContain('"keep":false');
  await good(['backup', 'prune', ...of, '--last', '1', '--yes']);
  expect(dumps()).toHaveLength(1);

  const kit = path.join(cli.home, 'kit.html');
  await good(['backup', 'kit', ...of, '--out', kit]);
  expect(statSync(kit).mode & 0o077).toBe(0);
  const page = readFileSync(kit, 'utf8');
  const key = /AGE-SECRET-KEY-1[A-Z0-9]+/.exec(page)?.[0] ?? '';
  const keyFile = path.join(cli.home, 'key.txt');
  await mustRun(['sh', '-c', 'printf "%s\\n" "$1" >"$2"', 'sh', key, keyFile]);
  const [encrypted = ''] = dumps();
  const dump = path.join(cli.home, 'opened.dump');
  await mustRun(['age', '-d', '-i', keyFile, '-o', dump, path.join(place, encrypted)]);
  await server.sql('CREATE DATABASE restored');
  await mustRun([
    clientProgram(17, 'pg_restore'),
    '--no-owner',
    '-h',
    server.socketDir,
    '-p',
    String(server.port),
    '-U',
    server.superuser,
    '-d',
    'restored',
    dump,
  ]);
  expect(await server.sql('SELECT count(*)::int AS rows FROM films', { database: 'restored' })).toEqual([
    { rows: 1000 },
  ]);

  // Unplugged: the backup is good, the copy is told to be missing.
  await mustRun(['mv', place, `${place}.away`]);
  const { code, document } = await cli.json(['backup', 'now', ...of]);
  expect(code).toBe(1);
  expect(JSON.stringify(document)).toContain('destination-missing');
  expect(receiver.received.at(-1)?.body).toContain('"outcome":"failed"');
  await receiver.stop();
  for (const secret of [key, 'very-secret-address', owner.password]) expect(cli.kept()).not.toContain(secret);
});
