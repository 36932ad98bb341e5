import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { OperationView } from '../../../contract/operation.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { until } from '../../support/processes.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { addInstance, backup, explain, fill, never, startCompanion, toolsFolder } from './harness.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 8);
const runner = fileURLToPath(new URL('../../support/backupRunner.ts', import.meta.url));
const searchPath = process.env.PATH;
const data = supportFolder('faults');
const folder = path.join(data, 'backups');

let companion: Companion;
let server: PostgresServer;
let sshd: Sshd;
let key: SshKey;
let direct: string;
let tunnelled: string;

beforeAll(async () => {
  process.env.PATH = `${toolsFolder(17)}:${searchPath}`;
  companion = startCompanion(data);
  server = await startPostgres({ major: 17 });
  await fill(server, 'postgres', 200);
  // Enough for a second or so, and random, so that its size stays what it is.
  await server.sql(`CREATE TABLE bulk (id int, noise text);
    INSERT INTO bulk SELECT i, (SELECT string_agg(md5(random()::text || i || j), '') FROM generate_series(1, 30) j) FROM generate_series(1, 30000) i`);
  const role = { user: server.superuser, password: server.superPassword, database: 'postgres' };
  key = await makeSshKey({});
  sshd = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }] });
  const id = `nas-${sshd.port}`;
  await companion.sshHosts.save({
    id,
    name: id,
    host: sshd.host,
    port: sshd.port,
    user: sshd.user.name,
    authentication: { method: 'key', path: key.file },
    jumps: [],
    useConfig: false,
  });
  direct = await addInstance(companion, server, role, { name: 'direct' });
  tunnelled = await addInstance(companion, server, role, { name: 'tunnelled', route: { kind: 'ssh', sshHostId: id } });
  await backup(companion, direct);
  const { choices } = await companion.backups.plan({ instanceId: tunnelled }, never);
  await backup(companion, tunnelled, { route: choices.find(({ route }) => route.kind === 'this-computer')?.route });
});
afterAll(async () => {
  await companion?.stop();
  await sshd?.stop();
  await server?.stop('immediate');
  process.env.PATH = searchPath;
});

/** Nothing in the folder but pairs of a dump and its manifest, and all of them listed as good. */
async function expectOnlyGood(context: string): Promise<number> {
  const listed = (await companion.backups.list('all', never)).filter(({ where }) => where.folder === folder);
  const files = readdirSync(folder).sort();
  const expected = listed.flatMap(({ where }) => [
    path.basename(where.path),
    path.basename(where.path).replace(/dump$/, 'json'),
  ]);
  expect(files, context).toEqual(expected.sort());
  expect(
    listed.map(({ verification }) => verification.state).filter((state) => state !== 'verified'),
    context,
  ).toEqual([]);
  return listed.length;
}

/** No session of a tool is left on the server. */
async function expectNoSessions(context: string): Promise<void> {
  await until(
    async () => {
      const rows = await server.sql(
        `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'aperture-companion-backup%'`,
      );
      return rows.length === 0;
    },
    20_000,
    () => `sessions are left: ${context}`,
  );
}

/** The program that this process started, or something that it started, whose command has these words. */
function processOf(words: string, of = process.pid): number | undefined {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) =>
      match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), words: match[3] ?? '' }],
    );
  const mine = new Set([of]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of all) {
      if (mine.has(parent) && !mine.has(pid)) {
        mine.add(pid);
        grew = true;
      }
    }
  }
  return all.find(({ pid, words: found }) => pid !== of && mine.has(pid) && found.includes(words))?.pid;
}

const faults = ['app', 'pg_dump', 'pg_restore', 'server', 'sshd', 'cancel'] as const;

test('whatever is killed at whatever moment: what is listed is good, and nothing else is left', async () => {
  const seed = seedOf();
  const random = randomFrom(seed);
  const outcomes: Record<string, number> = {};
  let good = await expectOnlyGood('before');
  const started = performance.now();
  const first = await backup(companion, direct);
  const usual = performance.now() - started;
  const dumping = (first.manifest?.seconds ?? 1) * 1000;
  good += 1;
  for (let round = 0; round < rounds; round += 1) {
    const fault = faults[round % faults.length] ?? 'app';
    const instanceId = fault === 'sshd' ? tunnelled : direct;
    const wait = random() * usual * 1.1;
    const context = `seed ${seed}, round ${round}, ${fault} after ${Math.round(wait)} ms`;
    let state: string;
    if (fault === 'app') {
      const child = spawn(process.execPath, [runner, data, direct, server.superPassword], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      await until(
        () => Promise.resolve(said.includes('step') || child.exitCode !== null),
        60_000,
        () => said,
      );
      await Promise.race([delay(wait), exited]);
      child.kill('SIGKILL');
      await exited;
      state = said.includes('succeeded') ? 'succeeded' : 'killed';
    } else {
      const { operationId, ended } = await companion.backups.run({ instanceId });
      let over = false;
      void ended.then(() => {
        over = true;
      });
      if (fault === 'pg_dump' || fault === 'pg_restore') {
        // They run for a part of the time only.
        const words = fault === 'pg_dump' ? '--format=custom' : '-f /dev/null';
        await until(
          () => Promise.resolve(over || processOf(words) !== undefined),
          60_000,
          () => context,
        );
        await delay(random() * dumping);
        const victim = processOf(words);
        if (victim !== undefined) process.kill(victim, 'SIGKILL');
      } else await delay(wait);
      if (fault === 'cancel') await companion.operations.cancel(operationId);
      else if (fault === 'server') {
        await server.kill9();
        await server.start();
      } else if (fault === 'sshd') await sshd.dropConnections();
      const view: OperationView = await ended;
      state = view.state;
      expect(view.unexpected, `${context}\n${await explain(companion, view)}`).toBeUndefined();
      if (fault === 'cancel') expect(['cancelled', 'succeeded'], context).toContain(state);
      else expect(['failed', 'succeeded'], context).toContain(state);
    }
    outcomes[`${fault} ${state}`] = (outcomes[`${fault} ${state}`] ?? 0) + 1;
    const now = await expectOnlyGood(context);
    // A killed app may have finished before it could say so.
    if (state === 'killed') expect([good, good + 1], context).toContain(now);
    else expect(now, context).toBe(state === 'succeeded' ? good + 1 : good);
    good = now;
    await expectNoSessions(context);
  }
  console.log(`backups and kill -9: seed ${seed}, ${rounds} rounds of about ${Math.round(usual)} ms:`, outcomes);
  // What was listed as good all the time is good.
  for (const { id } of (await companion.backups.list('all', never)).slice(0, 3)) {
    const view = await (await companion.backups.verify(id)).ended;
    expect(view.state, await explain(companion, view)).toBe('succeeded');
  }
}, 3_600_000);

describe('damage', () => {
  test('a flipped bit or a cut anywhere is found', async () => {
    const seed = seedOf();
    const random = randomFrom(seed);
    const [made] = await companion.backups.list(direct, never);
    if (made?.manifest === undefined) throw new Error('no backup');
    const place = supportFolder('damaged');
    const elsewhere = path.join(supportFolder('copy'), 'aperture_whole.dump');
    const manifest = elsewhere.replace(/dump$/, 'json');
    await companion.backups.run({ instanceId: direct, folder: place }).then(({ ended }) => ended);
    const again = (await companion.backups.list(direct, never)).find(({ where }) => where.folder === place);
    if (again === undefined) throw new Error('no second backup');
    const [dump, sealed] = [again.where.path, again.where.path.replace(/dump$/, 'json')];
    copyFileSync(dump, elsewhere);
    copyFileSync(sealed, manifest);
    const { size } = statSync(dump);
    for (let round = 0; round < Math.max(6, rounds); round += 1) {
      const at = Math.floor(random() * size);
      const context = `seed ${seed}, round ${round}, byte ${at} of ${size}`;
      copyFileSync(elsewhere, dump);
      if (round % 3 === 0) truncateSync(dump, at);
      else {
        const file = openSync(dump, 'r+');
        const byte = Buffer.alloc(1);
        readSync(file, byte, 0, 1, at);
        byte.writeUInt8(byte.readUInt8() ^ (1 << Math.floor(random() * 8)));
        writeSync(file, byte, 0, 1, at);
        closeSync(file);
      }
      const view = await (await companion.backups.verify(again.id)).ended;
      expect(view.problem?.code, context).toBe('backup-damaged');
      expect((await companion.backups.get(again.id, never)).verification.state, context).toBe('damaged');
      expect((await companion.backups.newestVerified(direct, never))?.id, context).not.toBe(again.id);
      copyFileSync(manifest, sealed);
    }
    copyFileSync(elsewhere, dump);
    const manifestBytes = readFileSync(sealed);
    const at = manifestBytes.indexOf('"rows":') + 8;
    manifestBytes.writeUInt8(manifestBytes.readUInt8(at) ^ 1, at);
    writeFileSync(sealed, manifestBytes);
    const listed = (await companion.backups.list(direct, never)).filter(({ where }) => where.path === dump);
    expect(listed.map(({ verification }) => verification)).toMatchObject([
      { state: 'damaged', why: 'manifest-unreadable' },
    ]);
    copyFileSync(manifest, sealed);
    expect((await (await companion.backups.verify(again.id)).ended).state).toBe('succeeded');
    await companion.backups.run({ instanceId: direct, folder }).then(({ ended }) => ended);
  }, 3_600_000);

  // A disk of a size of one's own takes root.
  test.skipIf(process.getuid?.() !== 0)(
    'a disk that is too small is told before, one that fills up ends it',
    async () => {
      const place = path.join(supportFolder('full'), 'disk');
      mkdirSync(place);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', place]);
      try {
        const small = await (await companion.backups.run({ instanceId: direct, folder: place })).ended;
        expect(small.problem?.code).toBe('backup-space');
        execFileSync('mount', ['-o', 'remount,size=110m', place]);
        const { ended } = await companion.backups.run({ instanceId: direct, folder: place });
        await until(
          () => Promise.resolve(readdirSync(place).some((name) => name.endsWith('.part'))),
          60_000,
          () => 'no part',
        );
        execFileSync('mount', ['-o', 'remount,size=5m', place]);
        const view = await ended;
        expect(view.problem?.code, await explain(companion, view)).toBe('disk-full');
        expect(readdirSync(place)).toEqual([]);
      } finally {
        execFileSync('umount', [place]);
        await companion.backups.run({ instanceId: direct, folder }).then(({ ended }) => ended);
      }
      await expectNoSessions('disk full');
      expect(existsSync(folder)).toBe(true);
    },
  );
});
