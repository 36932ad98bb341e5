import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startPostgres } from '../support/postgres.ts';
import { createOwnedDatabase } from '../support/postgresRoles.ts';
import { startProxy } from '../support/proxy.ts';
import { Checks } from './pages/checks.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';

/** What is there again after the app was closed, killed, or lost its window. */

test('a set-up that was left is taken up at its step; one that was killed is told as interrupted', async ({
  launch,
}) => {
  const server = await startPostgres({ major: 17 });
  const owner = await createOwnedDatabase(server, 'aperture');
  const proxy = await startProxy({ target: server });
  const first = await launch();
  const connection = new ConnectionStep(first.page);
  await connection.begin();
  await connection.fill({ name: 'Attic', host: proxy.host, port: proxy.port, ...owner, tls: 'No encryption' });
  await connection.testAndContinue();
  await expect(new Checks(first.page).sum(/^Not ready/)).toBeVisible();
  await first.button('Save and leave').click();
  await expect(first.page.getByText('Set-up is not finished')).toBeVisible();
  await first.running.stop();

  const second = await launch();
  await expect(second.heading('Attic')).toBeVisible();
  await second.button('Continue the set-up').click();
  await expect(second.page.getByText('Step 4 of 4.')).toBeVisible();
  // The password came out of the keychain: nobody was asked.
  await expect(new Checks(second.page).sum(/^Not ready/)).toBeVisible({ timeout: 20_000 });

  await proxy.change({ fault: { kind: 'stall', after: 0, of: 'server' } });
  await second.button('Check again').click();
  await expect(new Checks(second.page).sum('Checking')).toBeVisible();
  await expect.poll(async () => (await proxy.counts()).open).toBeGreaterThan(0);
  await second.running.kill();

  await proxy.change({ fault: null });
  const third = await launch();
  await third.open('Activity');
  const interrupted = third.activity('Checks');
  await expect(interrupted).toContainText('The app ended before this was finished.');
  await interrupted.click();
  await expect(third.page.getByText('Interrupted').first()).toBeVisible();
  await expect(third.page.getByRole('region', { name: 'Steps' })).toContainText('Logging in');
  await third.open('Overview');
  await third.button('Continue the set-up').click();
  await expect(new Checks(third.page).sum(/^Not ready/)).toBeVisible({ timeout: 20_000 });
});

test('a window whose page crashes comes back at the same place, and what runs goes on', async ({ launch }) => {
  const server = await startPostgres({ major: 17 });
  const owner = await createOwnedDatabase(server, 'aperture');
  const proxy = await startProxy({ target: server });
  const companion = await launch();
  const { page } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({ name: 'Attic', host: proxy.host, port: proxy.port, ...owner, tls: 'No encryption' });
  await connection.testAndContinue();
  await expect(new Checks(page).sum(/^Not ready/)).toBeVisible();

  // Each answer takes its time, so that the run outlives the page.
  await proxy.change({ latency: 700 });
  await companion.button('Check again').click();
  await expect(new Checks(page).sum('Checking')).toBeVisible();
  const { app } = companion.running;
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
  });
  // Playwright gives a crashed page up for good, so what is seen is asked of the window.
  const seen = () =>
    app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (contents === undefined || contents.isCrashed() || contents.isLoading()) return '';
      // A page that is dying never answers.
      const asked = contents.executeJavaScript('document.body.innerText') as Promise<string>;
      return await Promise.race([asked, new Promise<string>((resolve) => setTimeout(() => resolve(''), 1_000))]);
    });
  await expect.poll(seen, { timeout: 15_000 }).toContain('Step 4 of 4.');
  await expect.poll(seen, { timeout: 20_000 }).toMatch(/Not ready: 3 things to fix[\s\S]*checked just now/);
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript("location.hash = '#/activity'"),
  );
  await expect.poll(seen).toMatch(/Checks[\s\S]*3 things to fix/);
  expect(await seen()).not.toContain('The app ended before this was finished');
});

test('a damaged file of instances is put aside and told, and nothing of it is lost', async ({ launch }) => {
  const first = await launch();
  await new ConnectionStep(first.page).begin();
  await first.running.stop();
  const file = path.join(first.running.userData, 'instances.json');
  const damaged = `${(await readFile(file, 'utf8')).slice(0, 100)} torn`;
  await writeFile(file, damaged);

  const second = await launch();
  await expect(second.problem).toContainText('A file of the app was damaged');
  await expect(second.problem).toContainText(file);
  await expect(second.problem).toContainText('put aside, not overwritten');
  const aside = (await readdir(first.running.userData)).filter((name) => name.startsWith('instances.corrupt-'));
  expect(aside).toHaveLength(1);
  expect(await readFile(path.join(first.running.userData, aside[0] ?? ''), 'utf8')).toBe(damaged);
});

test('where the version before is still good, one goes on with it and is told so', async ({ launch }) => {
  const first = await launch();
  const connection = new ConnectionStep(first.page);
  await connection.begin();
  await connection.fill({ name: 'Attic', host: 'db.lan', user: 'aperture' });
  await first.button('Save and leave').click();
  await expect(first.heading('Attic')).toBeVisible();
  await first.running.stop();
  const file = path.join(first.running.userData, 'instances.json');
  await writeFile(file, '{"schemaVersion":');

  const second = await launch();
  await expect(second.page.getByText('Set-up is not finished')).toBeVisible();
  await expect(second.problem).toContainText('A file of the app was damaged');
  await expect(second.problem).toContainText('The previous version is kept beside it.');
});

test('a file of a newer version is put aside and told as well', async ({ launch }) => {
  const first = await launch();
  await new ConnectionStep(first.page).begin();
  await first.running.stop();
  const file = path.join(first.running.userData, 'instances.json');
  const newer = JSON.stringify({ schemaVersion: 99, data: { instances: 'of another shape' } });
  await writeFile(file, newer);
  const second = await launch();
  await expect(second.problem).toContainText('A file comes from a newer version of the app');
  const aside = (await readdir(first.running.userData)).filter((name) => name.startsWith('instances.newer-'));
  expect(await readFile(path.join(first.running.userData, aside[0] ?? ''), 'utf8')).toBe(newer);
});
