import { createServer } from 'node:net';
import path from 'node:path';
import { runPostgres, uniqueName } from '../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../support/docker/engine.ts';
import { startDockerHost } from '../support/docker/sshHost.ts';
import { usualEngine } from '../support/docker/usualEngine.ts';
import { freePort } from '../support/ports.ts';
import type { Sshd } from '../support/sshd.ts';
import { makeSshKey } from '../support/sshKeys.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { Checks } from './pages/checks.ts';
import { type Companion, expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { Setup } from './pages/setup.ts';

/** What goes wrong on the way to a server, and how one gets on from there. */

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

/** From Welcome to the server's form, filled for a server with a database made for it. */
async function toServerForm(companion: Companion, tag = '0.7.8') {
  const setup = new Setup(companion.page);
  const entry = {
    folder: path.join(supportFolder('installed'), 'aperture'),
    libraries: './libraries',
    backups: './backups',
    tag,
    port: await freePort(),
    container: uniqueName('aperture'),
    project: uniqueName('aperture').toLowerCase(),
    database: { container: uniqueName('aperture-db'), volume: uniqueName('data'), port: await freePort() },
  };
  await setup.begin();
  await setup.goOnWithDocker();
  await setup.choose('Make one for me');
  await setup.fillServer(entry);
  return { setup, entry };
}

/** The first step with an SSH host that is logged in to as one of its users. */
async function lookOverSsh(companion: Companion, host: Sshd, name: string, keyFile: string): Promise<string> {
  const { page, question } = companion;
  const setup = new Setup(page);
  await setup.begin();
  await page.getByRole('radio', { name: /^On another computer/ }).check();
  const user = host.users.find((one) => one.name === name)?.name ?? '';
  await setup.addSshHost({ host: host.host, port: host.port, user, keyFile, name: 'nas' });
  await companion.button('Look for Docker').click();
  await question.getByRole('button', { name: 'Accept the key' }).click();
  return user;
}

test('no Docker: told, with how to get it, and looked for again', async ({ launch }) => {
  test.setTimeout(120_000);
  const key = await makeSshKey();
  const host = await startDockerHost(docker, { key, programs: 'none', engine: false });
  const companion = await launch({ env });
  await lookOverSsh(companion, host, 'inGroup', key.file);
  const { problem } = companion;
  await expect(problem).toContainText('Docker', { timeout: 60_000 });
  await expect(problem).toContainText('nas');
  await expect(problem.locator('pre').first()).toContainText('docker');
  await expect(companion.button('Continue')).toBeDisabled();
  await problem.getByRole('button', { name: 'Look again' }).click();
  await expect(problem.getByRole('button', { name: 'Look again' })).toBeEnabled({ timeout: 60_000 });
  await expect(problem).toBeVisible();
});

test('no rights to Docker over SSH: told as whom, with the way into the group', async ({ launch }) => {
  test.setTimeout(120_000);
  const key = await makeSshKey();
  const host = await startDockerHost(docker, { key });
  const companion = await launch({ env });
  const { problem } = companion;
  const user = await lookOverSsh(companion, host, 'without', key.file);
  await expect(problem).toContainText(user, { timeout: 60_000 });
  await expect(problem).toContainText(`usermod -aG docker ${user}`);
  await expect(companion.button('Continue')).toBeDisabled();
});

test('a port that is taken: seen while typing, and nothing is installed before another one is chosen', async ({
  launch,
}) => {
  test.setTimeout(120_000);
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const companion = await launch({ env });
  const { setup, entry } = await toServerForm(companion);
  await setup.field('Port on the Docker host').fill(String(port));
  await expect(setup.finding('server-port')).toContainText(`Something listens on port ${port}`, { timeout: 30_000 });
  await setup.continues.click();
  await expect(companion.page.getByText('One thing stands in the way')).toBeVisible({ timeout: 60_000 });
  await expect(setup.install).toBeDisabled();
  await companion.button('Change the settings').click();
  // What was typed is there again, the port alone is changed.
  await expect(setup.field('Port on the Docker host')).toHaveValue(String(port));
  await setup.field('Port on the Docker host').fill(String(entry.port));
  await setup.review();
  taken.close();
});

test('an image that is not there: told after the pull, with the way back to its version', async ({ launch }) => {
  test.setTimeout(240_000);
  const companion = await launch({ env });
  const { setup } = await toServerForm(companion, '9.9.9');
  await setup.review();
  await setup.install.click();
  await expect(companion.page.getByText('The installation stopped')).toBeVisible({ timeout: 120_000 });
  await expect(companion.problem).toContainText('9.9.9');
  await companion.button('Back to “Server settings”').click();
  await setup.field('Version').fill('0.7.8');
  await setup.review();
});

test('killed in the middle: told as interrupted, gone on with, and everything is there', async ({ launch }) => {
  test.setTimeout(300_000);
  const first = await launch({ env });
  const { setup, entry } = await toServerForm(first);
  await setup.review();
  await setup.install.click();
  // The database has been begun: its container is there, the server's is not.
  await expect
    .poll(async () => (await docker.run(['inspect', entry.database.container])).code, { timeout: 120_000 })
    .toBe(0);
  await first.running.kill();

  const second = await launch({ env });
  await second.button('Continue the set-up').click();
  await expect(second.page.getByText('The installation was interrupted')).toBeVisible();
  await second.button('Go on').click();
  await expect(new Setup(second.page).verified).toBeVisible({ timeout: 180_000 });
  expect(await (await fetch(`http://127.0.0.1:${entry.port}/health`)).json()).toMatchObject({ ok: true });
});

test('pgvector missing in a database container: told with the image that has it', async ({ launch }) => {
  test.setTimeout(120_000);
  const database = await runPostgres(docker, { name: uniqueName('plain'), pgvector: false });
  const companion = await launch({ env });
  const { page } = companion;
  const setup = new Setup(page);
  const connection = new ConnectionStep(page);
  await setup.begin();
  await setup.goOnWithDocker();
  await setup.choose('A PostgreSQL that I run');
  const { user, password, port } = database;
  await connection.fill({ host: '127.0.0.1', port, database: database.database, user, password, tls: 'No encryption' });
  await connection.test();
  await expect(connection.connected).toBeVisible({ timeout: 30_000 });
  await setup.continues.click();
  const vector = new Checks(page).row('pgvector');
  await expect(vector).toContainText('Not on the server', { timeout: 30_000 });
  await expect(vector).toContainText('pgvector');
  await expect(companion.button('Continue')).toBeDisabled();
});

test('the database goes down after the checks: the installation says so, and goes on once it is back', async ({
  launch,
}) => {
  test.setTimeout(300_000);
  const network = uniqueName('apps');
  await docker.docker('network', 'create', network);
  const database = await runPostgres(docker, { name: uniqueName('database'), network });
  await database.sql('CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm');
  const companion = await launch({ env });
  const { page } = companion;
  const setup = new Setup(page);
  const connection = new ConnectionStep(page);
  await setup.begin();
  await setup.goOnWithDocker();
  await setup.choose('A PostgreSQL that I run');
  const { user, password, port } = database;
  await connection.fill({ host: '127.0.0.1', port, database: database.database, user, password, tls: 'No encryption' });
  await connection.test();
  await expect(connection.connected).toBeVisible({ timeout: 30_000 });
  await setup.continues.click();
  await expect(page.getByText(/^Ready/).first()).toBeVisible({ timeout: 30_000 });
  // Once it is known where the server is going to be.
  await expect(companion.button('Try both sides')).toBeEnabled({ timeout: 60_000 });
  await page.getByText('Another address for the server').click();
  await setup.field('Host, as the container finds it').fill(database.name);
  await setup.field('Port').fill('5432');
  await companion.button('Use this address').click();
  await expect(page.getByText('This app reaches the database, the server would not')).toBeVisible({ timeout: 90_000 });
  await setup.continues.click();
  const container = uniqueName('aperture');
  await setup.fillServer({
    folder: path.join(supportFolder('installed'), 'aperture'),
    libraries: './libraries',
    backups: './backups',
    tag: '0.7.8',
    port: await freePort(),
    container,
    project: uniqueName('aperture').toLowerCase(),
  });
  await setup.field('Further Docker networks').fill(network);
  await setup.review();
  await database.stop();
  await setup.install.click();
  await expect(page.getByText('The installation stopped')).toBeVisible({ timeout: 180_000 });
  await expect(companion.problem).toContainText(database.name);
  await expect(companion.button('Back to “Checks”')).toBeVisible();
  await database.start();
  await companion.button('Try again').click();
  await expect(setup.verified).toBeVisible({ timeout: 180_000 });
});
