import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeNetwork, runPostgres, runServer, uniqueName } from '../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../support/docker/engine.ts';
import { startDockerHost } from '../support/docker/sshHost.ts';
import { usualEngine } from '../support/docker/usualEngine.ts';
import { freePort } from '../support/ports.ts';
import { makeSshKey } from '../support/sshKeys.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { Photographer } from './pages/photographer.ts';
import { filesHolding } from './pages/secrets.ts';
import { type ServerEntry, Setup } from './pages/setup.ts';

/** From an empty Docker host to a healthy Aperture, by the wizard alone. */

test.skip(!dockerCanBeHad, 'needs root and dockerd, which the set-up lists');

let docker: Docker;
let env: Record<string, string>;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  docker = await startDocker();
  env = await usualEngine(docker);
});

test.afterAll(async () => {
  await docker?.release();
});

/** Names and places that no other test has. */
async function own(): Promise<Required<Omit<ServerEntry, 'database'>>> {
  const folder = supportFolder('installed');
  // Over SSH somebody else writes there.
  await chmod(folder, 0o777);
  return {
    folder: path.join(folder, 'aperture'),
    libraries: './libraries',
    backups: './backups',
    tag: '0.7.8',
    port: await freePort(),
    container: uniqueName('aperture'),
    project: uniqueName('aperture').toLowerCase(),
  };
}

test('on this computer, with a database made for it: every step, light and dark', async ({
  launch,
  home,
}, testInfo) => {
  test.setTimeout(400_000);
  const entry = await own();
  const companion = await launch({ env });
  const { page } = companion;
  const { look } = new Photographer(companion, testInfo);
  const setup = new Setup(page);

  await setup.begin();
  await expect(page.getByRole('heading', { name: /^Docker .* on this computer/ })).toBeVisible({ timeout: 60_000 });
  await look('setup-docker', { small: true });
  await setup.goOnWithDocker();
  await expect(page.getByRole('radio', { name: /^Make one for me/ })).toBeChecked();
  await look('setup-database', { small: true });
  await setup.choose('Make one for me');
  await expect(setup.step(/^Step 5 of 7\./)).toBeVisible();

  const database = {
    container: uniqueName('aperture-db'),
    volume: uniqueName('aperture-data'),
    port: await freePort(),
  };
  await setup.fillServer({ ...entry, database });
  await expect(setup.finding('compose-folder')).toContainText('is not there yet and will be made', { timeout: 30_000 });
  await expect(setup.finding('server-port')).toContainText(`Nothing listens on port ${entry.port}`);
  await companion.heading('Set up Aperture').scrollIntoViewIfNeeded();
  await look('setup-server', { small: true });
  await setup.review();
  await expect(page.getByText('Nothing has been changed yet')).toBeVisible();
  await expect(page.getByRole('region', { name: /docker-compose\.yml$/ })).toContainText('shm_size');
  await companion.heading('Set up Aperture').scrollIntoViewIfNeeded();
  await look('setup-review', { small: true });

  await setup.install.click();
  await expect(setup.step(/^Step 7 of 7\./)).toBeVisible();
  await expect(page.getByRole('list', { name: 'Steps' }).last()).toBeVisible();
  await expect(setup.verified).toBeVisible({ timeout: 180_000 });
  const started = page.getByRole('list', { name: 'Started' });
  await expect(started.getByRole('listitem')).toHaveText([/There$/, /There$/, /There$/, /There$/, /There$/], {
    timeout: 30_000,
  });
  await look('setup-verified', { small: true });
  const health = await fetch(`http://127.0.0.1:${entry.port}/health`);
  expect(await health.json()).toMatchObject({ ok: true, database: { connected: true } });

  // What is on the host works without the app, and holds the secrets in .env alone.
  const compose = await readFile(path.join(entry.folder, 'docker-compose.yml'), 'utf8');
  const environment = await readFile(path.join(entry.folder, '.env'), 'utf8');
  const password = /^DATABASE_PASSWORD=\W?(\w{20,})/m.exec(environment)?.[1] ?? '';
  expect(password).not.toBe('');
  expect(compose).not.toContain(password);
  expect((await stat(path.join(entry.folder, '.env'))).mode & 0o777).toBe(0o600);

  // The checks of the database that was made are there to be seen.
  await companion.button('See the database’s checks').click();
  await expect(page.getByText(/^Ready/).first()).toBeVisible({ timeout: 30_000 });
  await page
    .getByRole('list', { name: 'Steps' })
    .getByRole('button', { name: /^Install/ })
    .click();
  await companion.button('Finish and go to Overview').click();
  await expect(companion.heading('Aperture')).toBeVisible();
  await expect(page.getByText('Set-up is not finished')).toBeHidden();
  await companion.running.stop();
  expect(await filesHolding(home, password)).toEqual([]);
});

test('over SSH to a database in a container there: the server’s own way to it is found and taken', async ({
  launch,
}, testInfo) => {
  test.setTimeout(400_000);
  const key = await makeSshKey();
  const [host, database] = await Promise.all([
    startDockerHost(docker, { key }),
    runPostgres(docker, { name: uniqueName('database') }),
  ]);
  const entry = await own();
  const companion = await launch({ env });
  const { page, question } = companion;
  const { look } = new Photographer(companion, testInfo);
  const setup = new Setup(page);
  const connection = new ConnectionStep(page);

  await setup.begin();
  await page.getByRole('radio', { name: /^On another computer/ }).check();
  const user = host.users.find(({ name }) => name === 'withSudo')?.name ?? '';
  await setup.addSshHost({ host: host.host, port: host.port, user, keyFile: key.file, name: 'nas' });
  await companion.button('Look for Docker').click();
  await question.getByRole('button', { name: 'Accept the key' }).click();
  await expect(page.getByText('With sudo', { exact: true })).toBeVisible({ timeout: 60_000 });
  await look('setup-docker-ssh');
  await setup.goOnWithDocker();
  await setup.choose('A PostgreSQL that I run');

  await expect(connection.host).toBeVisible();
  await connection.fill({
    host: '127.0.0.1',
    port: database.port,
    database: database.database,
    user: database.user,
    password: database.password,
    tls: 'No encryption',
  });
  await page.getByRole('radio', { name: 'Through SSH', exact: true }).check();
  await connection.test();
  await expect(connection.connected).toBeVisible({ timeout: 30_000 });
  await setup.continues.click();
  await expect(page.getByText(/^Not ready/).first()).toBeVisible({ timeout: 30_000 });
  await companion.button(/^Fix \d together/).click();
  await question.getByRole('button', { name: 'Run these statements' }).click();
  await expect(page.getByText(/^Ready/).first()).toBeVisible({ timeout: 30_000 });

  // 127.0.0.1 in a container is the container.
  await companion.button('Try both sides').click();
  await expect(page.getByText('This app reaches the database, the server would not')).toBeVisible({ timeout: 90_000 });
  const server = page.getByRole('region', { name: 'From the server’s place' });
  await expect(server).toContainText('Not reached');
  await look('setup-reach', { small: true });
  const share = page.getByRole('group', { name: `Put the server and ${database.name} on the network` });
  await share.getByRole('button', { name: 'Show what would be done' }).click();
  await share.getByRole('button', { name: 'Do this' }).click();
  await expect(page.getByText('Both sides reach the database')).toBeVisible({ timeout: 90_000 });
  await setup.continues.click();

  await setup.fillServer(entry);
  await setup.review();
  await setup.install.click();
  await expect(setup.verified).toBeVisible({ timeout: 180_000 });
  expect(await database.sql('SELECT count(*) FROM aperture_migrations')).toContain('114');
  await companion.button('Finish and go to Overview').click();
  await expect(companion.heading('Aperture')).toBeVisible();
});

test('an Aperture that runs already: found, taken over with its database, and ready', async ({
  launch,
  home,
}, testInfo) => {
  test.setTimeout(240_000);
  const network = await makeNetwork(docker, uniqueName('apps'));
  const database = await runPostgres(docker, { network, name: uniqueName('aperture-db') });
  const name = uniqueName('aperture');
  const server = await runServer(docker, {
    network,
    name,
    env: { DATABASE_URL: database.url(), SESSION_SECRET: 's'.repeat(40), RUN_MIGRATIONS_ON_START: 'true' },
  });
  await server.says('API server running');
  const companion = await launch({ env });
  const { page } = companion;
  await companion.button(/^Connect an existing instance/).click();
  await expect(page.getByText('Where does Aperture run?')).toBeVisible();
  const take = companion.button(`Take over ${name}`);
  await expect(take).toBeVisible({ timeout: 60_000 });
  await new Photographer(companion, testInfo).look('setup-existing', { documented: false });
  await take.click();
  await expect(page.getByText('Step 4 of 4.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/^Ready/).first()).toBeVisible({ timeout: 30_000 });
  await companion.button('Try both sides').click();
  await expect(page.getByText('Both sides reach the database')).toBeVisible({ timeout: 90_000 });
  await companion.button('Finish').click();
  await expect(companion.heading('Aperture')).toBeVisible();
  await companion.running.stop();
  expect(await filesHolding(home, database.password)).toEqual([]);
});
