import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import { composeFor } from '../../main/services/composeFile/composeFor.ts';
import { compose, makeNetwork, type PostgresContainer, runPostgres, uniqueName } from '../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../support/docker/engine.ts';
import { usualEngine } from '../support/docker/usualEngine.ts';
import { freePort } from '../support/ports.ts';
import { run, until } from '../support/processes.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { expect, test } from './pages/companion.ts';
import { Photographer } from './pages/photographer.ts';
import { ServerScreen } from './pages/serverScreen.ts';

/** The Server screen on a real engine: what happens to the container, inside and outside of the app, is what is told. */

test.describe.configure({ mode: 'serial' });
test.skip(!dockerCanBeHad, 'needs root and dockerd, which the set-up lists');

let docker: Docker;
let database: PostgresContainer;
let settings: ServerSettings;
let folder: string;
let env: Record<string, string>;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  docker = await startDocker();
  env = await usualEngine(docker);
  const network = await makeNetwork(docker, uniqueName('apps'));
  database = await runPostgres(docker, { network, name: uniqueName('database') });
  folder = supportFolder('server');
  const port = await freePort();
  settings = {
    project: uniqueName('aperture').toLowerCase(),
    image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8',
    containerName: uniqueName('aperture'),
    user: 'root',
    url: `http://127.0.0.1:${port}`,
    port,
    timeZone: 'Europe/Berlin',
    folders: { libraries: './libraries', backups: './backups' },
    runMigrations: true,
    hostGateway: false,
    networks: [network],
  };
  const secrets = { databaseUrl: database.url(), sessionSecret: 'a'.repeat(64) };
  const { compose: file, env: environment } = composeFor(settings, secrets);
  await writeFile(path.join(folder, 'docker-compose.yml'), file);
  await writeFile(path.join(folder, '.env'), environment, { mode: 0o600 });
  await compose(docker, 'v2', folder, 'up', '-d');
});

test.afterAll(async () => {
  await docker?.release();
});

test('a server that runs: found, linked, its state told, its log read', async ({ launch }, testInfo) => {
  test.setTimeout(300_000);
  const companion = await launch({ env });
  const { page } = companion;
  const server = new ServerScreen(page);
  const { look } = new Photographer(companion, testInfo);
  const { containerName: name } = settings;

  await expect(companion.heading('Welcome')).toBeVisible();
  await server.adopt(name, 'Living room');
  await expect(server.state('Running and ready')).toContainText('Version 0.7.8', { timeout: 60_000 });
  await expect(server.started.getByRole('listitem')).toHaveText([/There$/, /There$/, /There$/, /There$/, /There$/]);
  await expect(page.getByRole('img', { name: /^Memory: .* now/ })).toBeVisible({ timeout: 30_000 });
  // Three measurements make a line.
  await expect.poll(() => page.locator('tbody tr').count(), { timeout: 60_000 }).toBeGreaterThan(2);
  await look('server', { small: true });

  await test.step('stopped outside of the app', async () => {
    await docker.docker('stop', name);
    await expect(server.state('Stopped on purpose')).toContainText('Nothing is wrong', { timeout: 30_000 });
    await expect(page.getByRole('alert')).toHaveCount(0);
    await server.button('Start').click();
    await expect(page.getByRole('progressbar', { name: 'Start of the server' })).toBeVisible();
    await expect(server.state('Running and ready')).toBeVisible({ timeout: 60_000 });
  });

  await test.step('the log', async () => {
    await server.open('Logs');
    await expect(server.log).toContainText('Server listening at', { timeout: 30_000 });
    await expect(server.state('Following')).toBeVisible();
    await fetch(`${settings.url}/nowhere-to-be-found`);
    await expect(server.log).toContainText('GET /nowhere-to-be-found', { timeout: 20_000 });
    await server.search.fill('nowhere-to-be-found');
    await expect(server.state(/^– of \d+$/)).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(server.state(/^\d+ of \d+$/)).toBeVisible();
    await expect(server.log.locator('mark').first()).toBeVisible();
    await look('server-logs', { small: true });
    await page.keyboard.press('Escape');
    await expect(server.search).toHaveValue('');

    await page.getByRole('combobox', { name: 'Least level that is shown' }).selectOption('Errors');
    await expect(server.log).toContainText('No line has this level.');
    await page.getByRole('combobox', { name: 'Least level that is shown' }).selectOption('Everything');
    await page.getByRole('checkbox', { name: 'Wrap lines' }).check();
    await expect(server.log).toContainText('Aperture API server running');

    await server.button('Pause').click();
    await fetch(`${settings.url}/while-it-was-held`);
    await delay(1_500);
    await expect(server.log).not.toContainText('/while-it-was-held');
    await server.button('Go on').click();
    await expect(server.log).toContainText('/while-it-was-held', { timeout: 20_000 });

    const file = path.join(supportFolder('saved'), 'server.log');
    await companion.running.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, file);
    await server.button('Save').click();
    await until(
      async () => (await readFile(file, 'utf8').catch(() => '')).includes('/while-it-was-held'),
      20_000,
      () => 'the log was not saved',
    );
    expect(await readFile(file, 'utf8')).not.toContain(database.password);

    // Leaving ends what reads the log.
    expect(await followed(name)).toBe(true);
    await server.open('State');
    await until(
      async () => !(await followed(name)),
      20_000,
      () => 'docker logs still runs',
    );
  });

  await test.step('killed from outside', async () => {
    await docker.docker('update', '--restart', 'no', name);
    await docker.docker('kill', name);
    await expect(server.state('Ended with code 137')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('alert')).toBeVisible();
    await companion.open('Overview');
    await expect(page.getByText('Needs a hand')).toBeVisible({ timeout: 30_000 });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Type what to do' }).fill('start the server');
    await page.keyboard.press('Enter');
    await expect(server.state('Running and ready')).toBeVisible({ timeout: 60_000 });
    await docker.docker('update', '--restart', 'unless-stopped', name);
  });

  await test.step('restart, and what it is in', async () => {
    await server.button('Restart').click();
    await expect(page.getByRole('progressbar', { name: 'Restart of the server' })).toBeVisible();
    await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
    await expect(server.state('Running and ready')).toBeVisible({ timeout: 60_000 });
    await server.open('Networks');
    await expect(page.getByRole('row').filter({ hasText: 'the server' }).first()).toContainText(name);
    await expect(page.getByRole('row').filter({ hasText: database.name })).toBeVisible();
    await look('server-networks');
    await server.open('Compose file');
    await expect(page.getByRole('region', { name: path.join(folder, 'docker-compose.yml') })).toContainText(
      'RUN_MIGRATIONS_ON_START',
    );
    await expect(page.getByText(database.password)).toHaveCount(0);
    await look('server-compose');
    await companion.running.app.evaluate(({ shell }) => {
      shell.openExternal = async (url) => {
        Object.assign(globalThis, { opened: url });
      };
    });
    await server.button('Open in browser').click();
    await expect
      .poll(() => companion.running.app.evaluate(() => (globalThis as { opened?: string }).opened))
      .toBe(`${settings.url}/`);
  });

  await test.step('overview', async () => {
    await companion.open('Overview');
    await expect(page.getByText(/^Running for/)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('Up to date')).toBeVisible();
    await look('overview-server', { documented: false });
  });
});

test('settings: a diff first, applied, put back where the server does not become ready, by hand where it must be', async ({
  launch,
}, testInfo) => {
  test.setTimeout(300_000);
  const companion = await launch({ env });
  const { page } = companion;
  const server = new ServerScreen(page);
  const { look } = new Photographer(companion, testInfo);
  const file = path.join(folder, 'docker-compose.yml');
  const comment = '# Written by hand: the cats must not be woken.';
  await writeFile(file, `${comment}\n${await readFile(file, 'utf8')}`);
  await server.adopt(settings.containerName, 'Living room');
  await server.open('Settings');
  const zone = page.getByRole('textbox', { name: 'Time zone' });
  await expect(zone).toHaveValue('Europe/Berlin', { timeout: 30_000 });
  await look('server-settings', { small: true });

  await test.step('nothing changed, and nonsense', async () => {
    await server.button('Show what would change').click();
    await expect(page.getByText('These are the settings that it has.')).toBeVisible({ timeout: 20_000 });
    await page.getByRole('textbox', { name: 'Port', exact: true }).fill('99999');
    await server.button('Show what would change').click();
    await expect(page.getByText('A port is a number from 1 to 65535.')).toBeVisible();
    await server.button('Discard the changes').click();
  });

  await test.step('applied', async () => {
    await zone.fill('America/New_York');
    await server.button('Show what would change').click();
    const diff = page.getByRole('region', { name: file });
    await expect(diff.locator('[data-line="removed"]')).toContainText('Europe/Berlin', { timeout: 20_000 });
    await expect(diff.locator('[data-line="added"]')).toContainText('America/New_York');
    expect(await readFile(file, 'utf8')).toContain('Europe/Berlin');
    await look('server-settings-diff');
    await server.button('Apply').click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expect(zone).toHaveValue('America/New_York', { timeout: 90_000 });
    const written = await readFile(file, 'utf8');
    expect(written.startsWith(comment)).toBe(true);
    expect(written).toContain('America/New_York');
    await server.open('State');
    await expect(server.state('Running and ready')).toBeVisible({ timeout: 60_000 });
  });

  await test.step('put back', async () => {
    await server.open('Settings');
    const image = page.getByRole('textbox', { name: 'Image' });
    await expect(image).toHaveValue(/0\.7\.8$/, { timeout: 20_000 });
    await image.fill('ghcr.io/dgruhin-hrizn/aperture:9.9.9');
    await server.button('Show what would change').click();
    await server.button('Apply').click();
    await expect(page.getByRole('alert')).toBeVisible({ timeout: 120_000 });
    await expect.poll(() => readFile(file, 'utf8')).toContain('aperture:0.7.8');
    await server.open('State');
    await expect(server.state('Running and ready')).toBeVisible({ timeout: 60_000 });
  });

  await test.step('a file that is not changed without doubt', async () => {
    const before = await readFile(file, 'utf8');
    const zoneByVariable = before.replace(/America\/New_York/, '${ZONE:-America/New_York}');
    expect(zoneByVariable).not.toBe(before);
    await writeFile(file, zoneByVariable);
    await server.open('Settings');
    await expect(zone).toHaveValue('America/New_York', { timeout: 20_000 });
    await zone.fill('Asia/Tokyo');
    await server.button('Show what would change').click();
    // The change to make by hand is shown.
    await expect(page.getByRole('alert')).toContainText('cannot be changed safely', { timeout: 20_000 });
    await expect(page.getByRole('region', { name: file })).toContainText('Asia/Tokyo');
    await look('server-settings-by-hand', { documented: false });
    expect(await readFile(file, 'utf8')).toBe(zoneByVariable);
  });
});

/** Whether anybody on this machine follows the container's log. */
async function followed(container: string): Promise<boolean> {
  const { stdout } = await run(['pgrep', '-f', `logs --timestamps --follow .*${container}`]);
  return stdout.trim() !== '';
}
