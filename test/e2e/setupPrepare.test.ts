import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { startPostgres } from '../support/postgres.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { Photographer } from './pages/photographer.ts';
import { filesHolding, instanceIds, passwordInKeychain } from './pages/secrets.ts';

/** A server that knows nothing of Aperture yet is prepared, by oneself or by whoever may. */

test('with an administrator’s login: shown, run, and connected with a password that was made for the role', async ({
  launch,
  home,
}, testInfo) => {
  test.setTimeout(120_000);
  const server = await startPostgres({ major: 17 });
  const companion = await launch();
  const { page } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({
    host: server.host,
    port: server.port,
    database: 'aperture “living room”',
    user: 'aperture',
    tls: 'No encryption',
  });
  await companion.button('Make a strong one').click();
  const made = await page.getByLabel('Password of the database user', { exact: true }).inputValue();
  expect(made).toMatch(/^[A-Za-z0-9]{40}$/);
  await companion.button('Prepare it now').click();
  const prepare = page.getByRole('region', { name: 'Prepare the database', exact: true });
  await prepare.getByRole('textbox', { name: 'Administrator' }).fill(server.superuser);
  await prepare.getByRole('textbox', { name: 'Password, used for this once' }).fill(server.superPassword);
  await prepare.getByRole('button', { name: 'Show what would be done' }).click();
  await expect(prepare).toContainText('CREATE ROLE');
  await expect(prepare).toContainText('CREATE EXTENSION');
  await expect(prepare).not.toContainText(made);
  await prepare.scrollIntoViewIfNeeded();
  await new Photographer(companion, testInfo).look('setup-prepare', { small: true });
  await prepare.getByRole('button', { name: 'Run these statements' }).click();
  await expect(connection.connected).toBeVisible({ timeout: 30_000 });
  const [id = ''] = await instanceIds(companion.running.userData);
  expect(await passwordInKeychain(`database:${id}`)).toBe(made);

  await companion.button('Continue').click();
  await expect(page.getByText(/^Ready/).first()).toBeVisible({ timeout: 20_000 });
  await companion.running.stop();
  for (const secret of [made, server.superPassword]) expect(await filesHolding(home, secret)).toEqual([]);
});

test('as a script for whoever may: saved, run with psql, and connected', async ({ launch }) => {
  test.setTimeout(120_000);
  const server = await startPostgres({ major: 17 });
  const companion = await launch();
  const { page } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({
    host: server.host,
    port: server.port,
    database: 'aperture',
    user: 'aperture',
    tls: 'No encryption',
  });
  await companion.button('Prepare it now').click();
  await page.getByText('Somebody else has it').click();
  await companion.button('Make the script').click();
  await expect(page.getByRole('region', { name: 'Script for the administrator' })).toContainText('SCRAM-SHA-256');
  const file = path.join(supportFolder('script'), 'aperture-database.sql');
  // The system's dialog is outside of the window; what it answers is what the app is told.
  await companion.running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  await companion.button('Save as a file').click();
  await expect(page.getByText(`Saved as ${file}`)).toBeVisible();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain('CREATE EXTENSION');

  const administrator = {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.superuser,
    PGPASSWORD: server.superPassword,
  };
  const ran = await server.psql(['-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-f', file], administrator);
  expect(ran.stderr).not.toContain('ERROR');
  expect(ran.code).toBe(0);
  await companion.button('It has been run: try the connection').click();
  await expect(connection.connected).toBeVisible({ timeout: 30_000 });
});
