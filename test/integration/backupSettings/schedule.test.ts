import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startKeychain } from '../../support/keychain.ts';
import { startObjectStorage } from '../../support/objectStorage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { run } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { type CommandLine, commandLine } from '../cli/commandLine.ts';
import { bucketOf } from './places.ts';

// Many processes one after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

let keychain: Awaited<ReturnType<typeof startKeychain>>;
let server: PostgresServer;
let owner: TestRole;
/** With an instance; the other one with a schedule as well. */
let plain: CommandLine;
let daily: CommandLine;
beforeAll(async () => {
  keychain = await startKeychain('unlocked');
  server = await startPostgres({ major: 17 });
  owner = await createOwnedDatabase(server, 'aperture');
  await server.sql('CREATE TABLE films AS SELECT n FROM generate_series(1, 1000) n', owner);
  plain = home();
  const url = `postgres://${owner.user}@127.0.0.1:${server.port}/aperture?sslmode=disable`;
  const added = await plain.json(['instances', 'add', '--name', 'Home', '--url', url, '--password-stdin'], {
    input: owner.password,
  });
  expect(added.code, added.stdout).toBe(0);
  daily = home(plain);
  await daily.json(['backup', 'schedule', 'set', ...of, '--daily', '02:30']);
});
afterAll(async () => {
  await server?.stop('immediate');
  await keychain?.stop();
});

const viewSchema = z.object({
  schedule: z.object({
    schedule: z.object({ rule: z.unknown(), timeZone: z.string(), setAt: z.string() }).optional(),
    next: z.string().optional(),
    due: z.boolean(),
    last: z.object({ state: z.string(), startedAt: z.string() }).optional(),
    scheduler: z.object({
      kind: z.string(),
      state: z.string(),
      files: z.array(z.string()),
      problem: z.object({ code: z.string() }).optional(),
    }),
    cronLine: z.string().optional(),
  }),
});
const skippedSchema = z.object({ scheduled: z.object({ ran: z.literal(false), why: z.string() }) });
const madeSchema = z.object({ backup: z.object({ id: z.string() }), operation: z.string() });

/** A command line with an instance, in a home of its own, copied from the first: the system's scheduler can't be reached from there. */
function home(from?: CommandLine): CommandLine {
  const tools = path.dirname(clientProgram(17, 'pg_dump'));
  const runtime = supportFolder('runtime');
  const cli = commandLine({ ...keychain.env, PATH: `${tools}:${process.env.PATH}`, XDG_RUNTIME_DIR: runtime });
  if (from !== undefined) cpSync(from.data, cli.data, { recursive: true });
  return cli;
}
/** With a rule that was set at that time. */
function scheduledHome(at: Date): CommandLine {
  const cli = home(daily);
  setAt(cli, at);
  return cli;
}
const of = ['--instance', 'Home'];
const scheduled = ['backup', 'now', '--scheduled', ...of];
const settingsFolder = (cli: CommandLine) => path.join(cli.data, 'backup-settings');

/** As if the rule had been set at another time: earlier for one that has come since, later for a clock that was set back. */
function setAt(cli: CommandLine, at: Date): void {
  for (const name of readdirSync(settingsFolder(cli)).filter((each) => each.endsWith('.json'))) {
    const file = path.join(settingsFolder(cli), name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"setAt": "[^"]*"/, `"setAt": "${at.toISOString()}"`));
  }
}
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const show = async (cli: CommandLine) =>
  viewSchema.parse((await cli.json(['backup', 'schedule', 'show', ...of])).document).schedule;
const dumps = (cli: CommandLine) =>
  readdirSync(path.join(cli.data, 'backups')).filter((name) => name.endsWith('.dump'));

describe('a schedule', () => {
  test('is shown before it is set, kept where no scheduler can be reached, and removed without a trace', async () => {
    const cli = home(plain);
    const planned = await cli.json(['backup', 'schedule', 'set', ...of, '--weekly', 'sun', '04:00', '--plan']);
    expect(planned.code).toBe(0);
    const { plan } = z
      .object({
        plan: z.object({
          next: z.array(z.iso.datetime()).length(3),
          files: z.array(z.object({ path: z.string(), content: z.string() })).length(2),
          commands: z.array(z.array(z.string())),
        }),
      })
      .parse(planned.document);
    expect(plan.commands.at(-1)?.slice(0, 3)).toEqual(['systemctl', '--user', 'restart']);
    expect(plan.files.some(({ path: file }) => existsSync(file))).toBe(false);

    const set = await cli.json(['backup', 'schedule', 'set', ...of, '--daily', '02:30']);
    expect(set.code).toBe(1);
    const view = viewSchema.parse(set.document).schedule;
    expect(view.schedule?.rule).toEqual({ kind: 'daily', at: '02:30' });
    expect(view.scheduler.problem?.code).toBe('scheduler-unavailable');
    expect(view.cronLine).toContain('--scheduled --json');
    for (const file of view.scheduler.files) expect(readFileSync(file, 'utf8'), file).toContain('aperture-companion');
    const told = await cli.run(['backup', 'schedule', 'show', ...of]);
    expect(told.stderr).toContain('loginctl enable-linger');

    expect((await cli.json(['backup', 'schedule', 'remove', ...of])).code).toBe(0);
    for (const file of view.scheduler.files) expect(existsSync(file), file).toBe(false);
    expect((await show(cli)).schedule).toBeUndefined();
    const nothing = await cli.json(scheduled);
    expect(nothing.code).toBe(1);
    expect(skippedSchema.parse(nothing.document).scheduled.why).toBe('not-scheduled');
  });

  test('makes one backup for all the times that were missed, and none before the next', async () => {
    const cli = home(daily);
    const early = await cli.json(scheduled);
    expect([early.code, skippedSchema.parse(early.document).scheduled.why]).toEqual([0, 'not-due']);

    setAt(cli, daysAgo(5));
    const due = await show(cli);
    expect(due.due).toBe(true);
    // As cron calls it: by a shell, and what is not in the line is not known.
    const command = (due.cronLine ?? '').replace('30 2 * * * ', '').replaceAll('\\%', '%');
    const { APERTURE_COMPANION_DATA: _, ...env } = cli.environment;
    const made = await run(['/bin/sh', '-c', command], { env });
    expect(made.code, made.stdout + made.stderr).toBe(0);
    madeSchema.parse(JSON.parse(made.stdout));
    const view = await show(cli);
    expect(view.due).toBe(false);
    expect(view.last?.state).toBe('succeeded');
    const again = await cli.json(scheduled);
    expect([again.code, skippedSchema.parse(again.document).scheduled.why]).toEqual([0, 'not-due']);
    expect(dumps(cli)).toHaveLength(1);
  });

  test('goes on after the clock was set back', async () => {
    const cli = scheduledHome(daysAgo(-400));
    madeSchema.parse((await cli.json(scheduled)).document);
  });

  test('that two call at once makes one backup', async () => {
    const cli = scheduledHome(daysAgo(2));
    const both = await Promise.all([cli.json(scheduled), cli.json(scheduled), cli.json(scheduled)]);
    expect(both.filter(({ document }) => madeSchema.safeParse(document).success)).toHaveLength(1);
    for (const { document, code } of both) {
      const skipped = skippedSchema.safeParse(document);
      if (skipped.success) expect([`1 busy`, '0 not-due']).toContain(`${code} ${skipped.data.scheduled.why}`);
    }
    expect(dumps(cli)).toHaveLength(1);
  });

  test('waits for what else works on the instance', async () => {
    const cli = scheduledHome(daysAgo(2));
    // A lock that is held keeps pg_dump, and with it the first backup, where it is.
    const { host, port } = server;
    const blocker = new pg.Client({ host, port, user: owner.user, password: owner.password, database: owner.database });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE films IN ACCESS EXCLUSIVE MODE');
    const first = cli.begin(['backup', 'now', ...of]);
    try {
      await expect
        .poll(() => readdirSync(path.join(cli.data, 'operations', 'locks')).length, { timeout: 20_000 })
        .toBe(1);
      const second = await cli.json(scheduled);
      expect([second.code, skippedSchema.parse(second.document).scheduled.why]).toEqual([1, 'busy']);
    } finally {
      await blocker.query('ROLLBACK');
      await blocker.end();
    }
    expect((await first.ended).code).toBe(0);
  });
});

test('an instance that is removed takes its destinations’ secrets, its settings and its schedule with it', async () => {
  const cli = home(plain);
  const set = await cli.json(['backup', 'schedule', 'set', ...of, '--daily', '02:30']);
  const { files } = viewSchema.parse(set.document).schedule.scheduler;
  const accounts = () => readFileSync(path.join(cli.data, 'keychain.json'), 'utf8');
  const storage = await startObjectStorage();
  await bucketOf(storage, 'backups');
  const to = ['--name', 'Cloud', '--s3', storage.endpoint, '--bucket', 'backups', '--region', storage.region];
  const added = await cli.json(
    ['backup', 'destinations', 'add', ...of, ...to, '--access-key', storage.accessKeyId, '--secret-stdin'],
    { input: storage.secretAccessKey },
  );
  await storage.stop();
  expect(added.code, added.stdout).toBe(0);
  expect(accounts()).toContain('destination:');
  expect(files.every((file) => existsSync(file))).toBe(true);
  const removed = await cli.json(['instances', 'remove', 'Home', '--yes']);
  expect(removed.code, removed.stdout).toBe(0);
  expect(accounts()).not.toContain('destination:');
  expect(files.filter((file) => existsSync(file))).toEqual([]);
  expect(readdirSync(settingsFolder(cli))).toEqual([]);
});
