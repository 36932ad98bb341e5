import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { HostFindingId } from '../../../contract/serverSettings.ts';
import type { Host } from '../../../main/adapters/host.ts';
import { LocalHost } from '../../../main/adapters/localHost.ts';
import { SshConnections } from '../../../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import { createRedactor } from '../../../main/redaction.ts';
import { inspectHost } from '../../../main/services/composeFile/inspectHost.ts';
import { presetFor } from '../../../main/services/composeFile/presets.ts';
import { createServerFiles } from '../../../main/services/serverSettings.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/processes.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { type Services, startServices } from '../checks/services.ts';
import { Answers, homeWith, never, targetOf } from '../ssh/harness.ts';
import { composes } from './config.ts';

let services: Services;
let sshd: Sshd;
let connections: SshConnections;
let remote: Host;
const redactor = createRedactor();

beforeAll(async () => {
  services = await startServices();
  const key = await makeSshKey({});
  sshd = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }] });
  const home = homeWith(sshd.knownHosts());
  connections = new SshConnections({
    hostKeys: home.hostKeys,
    questions: () => new Answers(),
    onState: () => undefined,
    limits: {},
  });
  const target = targetOf(sshd, { keys: [key.file] }, { knownHostsFiles: home.knownHostsFiles });
  remote = new RemoteHost('nas', connections.to(target));
});
afterAll(async () => {
  connections.close();
  await services.stop();
});

const password = 'Sup3rS3cretPassword';
const databaseUrl = `postgresql://aperture:${password}@db.lan:5432/aperture?sslmode=disable`;
const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe.each([
  ['this computer', (): Host => new LocalHost('this computer')],
  ['over SSH', () => remote],
])('%s', (_, host) => {
  let folder: string;
  let files: ReturnType<typeof createServerFiles>;
  beforeEach(() => {
    folder = path.join(supportFolder('server-files'), "it's a folder");
    files = createServerFiles({ operations: services.operations, addToRedactor: redactor.add });
  });

  const request = () => ({
    subject: { instanceId: folder, name: 'films' },
    host: host(),
    folder,
    settings: presetFor('linux').settings,
    databaseUrl,
  });
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const write = async (wanted = request()) => {
    const { plan, changes } = await files.plan(wanted, never);
    const { ended, operationId } = await files.write(plan.id);
    return { plan, changes, view: await ended, log: await services.operations.log(operationId) };
  };

  test('writes both files, secrets only into .env with mode 0600; again nothing', async () => {
    const first = await write();
    expect(first.view.problem).toBeUndefined();
    expect(first.view.state).toBe('succeeded');
    expect(first.changes.map(({ state }) => state)).toEqual(['new', 'new']);
    expect([mode(path.join(folder, '.env')), mode(path.join(folder, 'docker-compose.yml'))]).toEqual(['600', '644']);
    expect(read('.env')).toContain(`DATABASE_URL='${databaseUrl}'`);
    expect(read('docker-compose.yml')).not.toContain(password);
    expect(JSON.stringify([first.plan, first.changes, first.view, first.log])).not.toContain(password);
    for (const { command } of composes) {
      const { code, stderr } = await run([...command, 'config', '-q'], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' },
      });
      expect([stderr, code]).toEqual(['', 0]);
    }
    const before = [read('.env'), read('docker-compose.yml')];
    const second = await write();
    expect(second.changes.map(({ state }) => state)).toEqual(['same', 'same']);
    expect(second.plan.steps).toEqual([]);
    expect([read('.env'), read('docker-compose.yml')]).toEqual(before);
  });

  test('keeps what was added by hand, the session secret, and the previous files', async () => {
    await write();
    const edited = read('docker-compose.yml')
      .replace('    restart: unless-stopped\n', '    restart: always # mine\n')
      .concat('  watch: {image: "containrrr/watchtower"}   # extra\n');
    const extra = `${read('.env')}# mine\nMY_KEY=abc\n`;
    writeFileSync(path.join(folder, 'docker-compose.yml'), edited);
    writeFileSync(path.join(folder, '.env'), extra);
    const wanted = request();
    const other = databaseUrl.replace('db.lan', 'new.lan');
    const changed = await write({ ...wanted, settings: { ...wanted.settings, port: 8080 }, databaseUrl: other });
    expect(changed.view.state).toBe('succeeded');
    expect(read('docker-compose.yml')).toBe(edited.replace("'3456:3456'", "'8080:3456'"));
    expect(read('.env')).toBe(extra.replace('db.lan', 'new.lan'));
    expect([read('docker-compose.yml.previous'), read('.env.previous')]).toEqual([edited, extra]);
    expect(mode(path.join(folder, '.env.previous'))).toBe('600');
    const [env, compose] = changed.changes;
    expect(compose?.diff).toContain("-      - '3456:3456'\n+      - '8080:3456'\n");
    expect(env?.diff).toContain('+DATABASE_URL=*** (changed)');
    expect(env?.diff).not.toContain('SESSION_SECRET=*** (changed)');
    expect(changed.plan.notes.map(say).join(' ')).toContain('.previous');
  });

  test.each(['docker-compose.yml', '.env'])(
    'never overwrites %s when it has changed since it was shown',
    async (name) => {
      await write();
      const wanted = request();
      const { plan } = await files.plan(
        { ...wanted, settings: { ...wanted.settings, port: 9999 }, databaseUrl: `${databaseUrl}&x=1` },
        never,
      );
      const mine = `${read(name)}# edited meanwhile\n`;
      writeFileSync(path.join(folder, name), mine);
      const other = name === '.env' ? 'docker-compose.yml' : '.env';
      const untouched = read(other);
      const { ended } = await files.write(plan.id);
      expect(await ended).toMatchObject({ state: 'failed', problem: { code: 'file-changed' } });
      expect([read(name), read(other)]).toEqual([mine, untouched]);
    },
  );

  test('a file that cannot be edited safely is told with the change to make by hand', async () => {
    mkdirSync(folder);
    const text = 'services:\n  films:\n    image: "x/aperture:${TAG}"\n';
    writeFileSync(path.join(folder, 'docker-compose.yml'), text);
    await expect(files.plan(request(), never)).rejects.toMatchObject({
      problem: {
        code: 'compose-not-editable',
        values: { reason: expect.stringContaining('kept elsewhere') },
        detail: expect.stringContaining('+    image: ghcr.io/dgruhin-hrizn/aperture:latest'),
      },
    });
    expect(readdirSync(folder)).toEqual(['docker-compose.yml']);
  });

  test('a database of its own keeps the password that it was made with', async () => {
    const { settings } = presetFor('linux');
    const { databaseService } = await import('../../../main/services/composeFile/presets.ts');
    const wanted = { ...request(), databaseUrl: '', settings: { ...settings, database: databaseService() } };
    await write(wanted);
    const env = read('.env');
    expect(env).toMatch(/DATABASE_PASSWORD='[A-Za-z0-9]{32,}'/);
    await write({ ...wanted, settings: { ...wanted.settings, port: 8080 } });
    expect(read('.env')).toBe(env);
  });

  test('what the settings need of the computer', async () => {
    mkdirSync(path.join(folder, 'libraries'), { recursive: true });
    writeFileSync(path.join(folder, 'backups'), 'a file');
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const address = listener.address();
    const used = typeof address === 'object' && address !== null ? address.port : 0;
    const { settings } = presetFor('linux');
    const status = async (port: number, ownPorts: number[] = []) => {
      const folders = { libraries: './libraries', backups: `${folder}/backups`, media: `${folder}/none/here` };
      const findings = await inspectHost(host(), { folder, settings: { ...settings, port, folders }, ownPorts }, never);
      for (const { evidence, title } of findings) expect(`${say(title)} ${say(evidence)}`).not.toContain('{');
      return Object.fromEntries(findings.map(({ id, status: found }) => [id, found])) as Record<HostFindingId, string>;
    };
    expect(await status(used)).toEqual({
      'compose-folder': 'pass',
      'folder-libraries': 'pass',
      'folder-backups': 'fail',
      'folder-media': 'warn',
      'server-port': 'fail',
    });
    expect((await status(used, [used]))['server-port']).toBe('pass');
    expect((await status(await freePort()))['server-port']).toBe('pass');
    listener.close();
  });
});
