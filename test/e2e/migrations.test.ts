import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import { composeFor } from '../../main/services/composeFile/composeFor.ts';
import { compose, makeNetwork, runPostgres, uniqueName } from '../support/docker/containers.ts';
import { dockerCanBeHad, startDocker } from '../support/docker/engine.ts';
import { usualEngine } from '../support/docker/usualEngine.ts';
import { applyScript, testData } from '../support/migrations/data.ts';
import {
  nextMigration,
  realisticMigrations,
  special,
  tableMigrations,
  writeMigrations,
} from '../support/migrations/set.ts';
import { freePort } from '../support/ports.ts';
import { startPostgres } from '../support/postgres.ts';
import { createRole } from '../support/postgresRoles.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { MigrationsScreen } from './pages/migrationsScreen.ts';
import { Photographer } from './pages/photographer.ts';
import { instanceIds } from './pages/secrets.ts';
import { ServerScreen } from './pages/serverScreen.ts';

/** The Migrations screen on a real database with data in it, and on a real engine with a server. */

const rows = 1240;

test('compared with a folder, previewed, rehearsed, run without a backup by a typed wish, failed and told', async ({
  launch,
}, testInfo) => {
  test.setTimeout(300_000);
  const server = await startPostgres({ major: 17 });
  const role = await createRole(server, { user: 'aperture', attributes: 'LOGIN CREATEDB' });
  await server.sql('CREATE DATABASE aperture OWNER aperture');
  const asAdministrator = { database: 'aperture' };
  await server.sql('CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm', asAdministrator);
  const set = realisticMigrations();
  const tables = tableMigrations();
  const owner = { ...role, database: 'aperture' };
  await server.sql(applyScript(set.slice(0, tables)), owner);
  await server.sql(testData({ rows }), owner);
  const folder = writeMigrations(path.join(supportFolder('checkout'), 'db', 'migrations'), set);
  const pending = set.length - tables;

  const companion = await launch();
  const { page } = companion;
  const migrations = new MigrationsScreen(companion);
  const { look } = new Photographer(companion, testInfo);
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({ name: 'Living room', host: server.host, port: server.port, ...owner, tls: 'No encryption' });
  await connection.testAndContinue();
  await page.getByRole('button', { name: 'Finish' }).click();

  await test.step('without a server: what is applied is told, and how to get the rest', async () => {
    await companion.open('Migrations');
    await expect(migrations.state(`${tables} migrations are applied; what is pending is not known`)).toBeVisible();
    await expect(page.getByRole('radio', { name: /^The installed server’s image/ })).toBeDisabled();
    await expect(migrations.entries.first()).toContainText(set[tables - 1]?.name ?? '');
    await look('migrations-no-server');
  });

  await test.step('compared with a folder', async () => {
    await migrations.compareWithFolder(folder);
    await expect(migrations.state(`${pending} migrations are pending`)).toBeVisible();
    await expect(migrations.facts).toContainText(folder);
    // The page may name only what was chosen in the dialog.
    const [instanceId = ''] = await instanceIds(companion.running.userData);
    const refused = await page.evaluate(
      (of) => window.companion.ask('migrations.status', { instanceId: of, source: { kind: 'folder', path: '/etc' } }),
      instanceId,
    );
    expect(refused).toMatchObject({ ok: false, problem: { code: 'invalid-input' } });
    await expect(migrations.facts).toContainText(`Applied${tables}`);
    await expect(companion.rail.getByRole('img', { name: `${pending} migrations are pending` })).toBeVisible();
    await expect(migrations.entries.first()).toContainText('pending');
    await look('migrations', { small: true });
    const search = page.getByRole('searchbox', { name: 'Search in names' });
    await search.fill('forget');
    await expect(migrations.entries).toHaveCount(2);
    await search.fill('users');
    await page.getByRole('radiogroup', { name: 'Which to show' }).getByText(`Applied ${tables}`).click();
    await expect(migrations.entries).toHaveText([/0002_users\.sqlapplied(Today|Yesterday), \d\d:\d\d/]);
    await search.fill('');
  });

  await test.step('the guide’s query', async () => {
    await migrations.open('The guide’s query');
    await expect(page.getByText('SELECT name, applied_at FROM aperture_migrations ORDER BY name;')).toBeVisible();
    await expect(page.getByText(`${tables} rows`, { exact: true })).toBeVisible();
    await look('migrations-query', { documented: false });
  });

  await test.step('what they do, in numbers', async () => {
    await migrations.open('Preview');
    const destroys = migrations.sums.getByRole('listitem').filter({ hasText: 'Destroys data' });
    await expect(destroys.first()).toContainText('deletes 1,240 rows of embeddings_384');
    await look('migrations-preview', { small: true });
    const file = await migrations.openFile(set.find(({ name }) => name.includes('forget_embeddings'))?.name ?? '');
    await expect(file).toContainText('Line 1');
    await expect(file).toContainText('embeddings_384: deletes every row of the table (1,240 rows)');
    await file.getByRole('button', { name: 'Copy the statement' }).first().click();
    expect(await companion.running.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(
      'DELETE FROM embeddings_256',
    );
    await file.scrollIntoViewIfNeeded();
    await look('migrations-preview-file');
  });

  await test.step('rehearsed on a copy with all the data', async () => {
    await migrations.button('Rehearse').click();
    const outcome = migrations.panel('The last rehearsal');
    await expect(outcome).toContainText(`On a copy of all data: ${pending} migrations went well`, { timeout: 120_000 });
    await expect(outcome.getByRole('row').filter({ hasText: 'embeddings_384' })).toContainText('−1,240');
    await expect(migrations.state(`${pending} migrations are pending`)).toBeVisible();
    await look('migrations-rehearsal');
    await outcome.getByRole('button', { name: 'Close' }).click();
    await expect(outcome).toBeHidden();
  });

  await test.step('a plan first; without a backup only by a typed wish', async () => {
    await migrations.button(`Run ${pending} migrations…`).click();
    const part = (name: string) => migrations.before.getByRole('listitem').filter({ hasText: name });
    await expect(part('Backup')).toContainText('No verified backup has this schema');
    await expect(part('Rehearsal')).toContainText('All of them went well on a copy of all data.');
    await expect(migrations.button('Back up now')).toBeVisible();
    await expect(companion.heading('Migrations')).toBeFocused();
    const run = migrations.button(`Run ${pending} migrations without a backup`);
    await expect(run).toBeDisabled();
    await look('migrations-plan', { small: true });
    const wish = page.getByRole('textbox', { name: /^To run without a backup all the same/ });
    await wish.fill('aperturE');
    await expect(run).toBeDisabled();
    await wish.fill('aperture');
    await run.click();
    await expect(migrations.state('Up to date')).toBeVisible({ timeout: 120_000 });
    const outcome = migrations.panel('The last run');
    await expect(outcome).toContainText(`${pending} migrations applied in`);
    await expect(outcome.getByRole('row')).toHaveCount(pending + 1);
    const [ledger] = await server.sql('SELECT count(*)::int AS count FROM aperture_migrations', owner);
    expect(ledger?.count).toBe(set.length);
    await look('migrations-done');
    await migrations.open('Preview');
    await expect(page.getByText(/^Nothing is pending/)).toBeVisible();
    await outcome.getByRole('button', { name: 'Close' }).click();
  });

  const notices = nextMigration(set, 'notices', special.notices(3));
  const last = [...set, notices];
  await test.step('watched while it runs, and cancelled', async () => {
    const slow = nextMigration(last, 'never', special.slow(120));
    writeMigrations(folder, [notices, slow]);
    await migrations.button('Compare again').click();
    await migrations.button('Run 2 migrations…').click();
    await migrations.button('Run 2 migrations').click();
    const log = page.getByRole('region', { name: 'Lines of the log' });
    await expect(log).toContainText('note 3', { timeout: 30_000 });
    await expect(log).toContainText(slow.name);
    await expect(page.getByRole('progressbar', { name: 'Migrations' })).toBeVisible();
    await look('migrations-running');
    await migrations.button('Cancel').click();
    await expect(migrations.panel('The last run')).toContainText('Cancelled', { timeout: 30_000 });
    await expect(migrations.state('One migration is pending')).toBeVisible();
    expect(await server.sql("SELECT to_regclass('slowly') AS made", owner)).toEqual([{ made: null }]);
    await migrations.panel('The last run').getByRole('button', { name: 'Close' }).click();
  });

  await test.step('one that fails: statement, line, PostgreSQL’s own words, and running again goes on', async () => {
    const failing = nextMigration(last, 'never', special.failing);
    writeMigrations(folder, [failing]);
    await migrations.button('Compare again').click();
    await expect(migrations.state('One migration is pending')).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Type what to do' }).fill('run the pending');
    await page.keyboard.press('Enter');
    await migrations.button('Run one migration').click();
    const outcome = migrations.panel('The last run');
    await expect(outcome.getByRole('alert')).toContainText(`The migration ${failing.name} failed`, { timeout: 60_000 });
    await expect(outcome).toContainText('line 4');
    await expect(outcome).toContainText('INSERT INTO never_made (id) VALUES (2)');
    await expect(outcome).toContainText('relation "never_made" does not exist (42P01)');
    await expect(outcome).toContainText('Correct the cause, then run again');
    await look('migrations-failed', { small: true });
    expect(await server.sql("SELECT to_regclass('half_done') AS made", owner)).toEqual([{ made: null }]);
    writeMigrations(folder, [{ name: failing.name, sql: 'CREATE TABLE never_made (id integer);\n' }]);
    await migrations.button('Run one migration…').click();
    await migrations.button('Run one migration').click();
    await expect(migrations.state('Up to date')).toBeVisible({ timeout: 60_000 });
  });

  await test.step('the identity of the installation, on request; a copy is noticed', async () => {
    await migrations.open('Who migrates');
    const own = migrations.panel('What the app keeps in the database');
    await expect(own).toContainText('Not there');
    await look('migrations-who', { documented: false });
    await own.getByRole('button', { name: 'Make the schema' }).click();
    await expect(own).toContainText('In its place', { timeout: 30_000 });
    await expect(own).toContainText('Living room');
  });

  await test.step('Overview leads here', async () => {
    await companion.open('Overview');
    await page.getByRole('button', { name: 'View migrations' }).click();
    await expect(companion.heading('Migrations')).toBeFocused();
  });
});

test('with a server: its image is the source, it is stopped meanwhile, and who migrates is switched by a diff', async ({
  launch,
}, testInfo) => {
  test.skip(!dockerCanBeHad, 'needs root and dockerd, which the set-up lists');
  test.setTimeout(600_000);
  const docker = await startDocker();
  try {
    const env = await usualEngine(docker);
    const network = await makeNetwork(docker, uniqueName('apps'));
    const database = await runPostgres(docker, { network, name: uniqueName('database') });
    const folder = supportFolder('server');
    const port = await freePort();
    const settings: ServerSettings = {
      project: uniqueName('aperture').toLowerCase(),
      image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8',
      containerName: uniqueName('aperture'),
      user: 'root',
      url: `http://127.0.0.1:${port}`,
      port,
      timeZone: 'Europe/Berlin',
      folders: { libraries: './libraries', backups: './backups' },
      runMigrations: false,
      hostGateway: false,
      networks: [network],
    };
    const written = composeFor(settings, { databaseUrl: database.url(), sessionSecret: 'a'.repeat(64) });
    const file = path.join(folder, 'docker-compose.yml');
    await writeFile(file, written.compose);
    await writeFile(path.join(folder, '.env'), written.env, { mode: 0o600 });
    await compose(docker, 'v2', folder, 'up', '-d');

    const companion = await launch({ env });
    const { page } = companion;
    const migrations = new MigrationsScreen(companion);
    const { look } = new Photographer(companion, testInfo);
    await new ServerScreen(page).adopt(settings.containerName, 'Living room');
    await companion.open('Migrations');
    await expect(page.getByRole('heading', { level: 1, name: 'Migrations' })).toBeVisible();
    await expect(migrations.state(/^114 migrations are pending/)).toBeVisible({
      timeout: 60_000,
    });
    await expect(migrations.facts).toContainText('ghcr.io/dgruhin-hrizn/aperture:0.7.8');
    await expect(migrations.facts).toContainText('By hand, here');

    await test.step('run while the server is stopped', async () => {
      await migrations.button('Run 114 migrations…').click();
      await expect(migrations.before).toContainText(`The container ${settings.containerName} runs. It is stopped`);
      await migrations.button('Back up now').click();
      await expect(migrations.before).toContainText('Verified, of this very schema', { timeout: 120_000 });
      await migrations.button('Stop the server and run 114 migrations').click();
      await expect(migrations.panel('The last run')).toContainText('the server was started again', {
        timeout: 120_000,
      });
      await expect(migrations.state('Up to date')).toBeVisible({ timeout: 60_000 });
      expect(await docker.docker('inspect', '-f', '{{.State.Running}}', settings.containerName)).toContain('true');
      await migrations.panel('The last run').getByRole('button', { name: 'Close' }).click();
    });

    await test.step('an older image knows less than the database', async () => {
      await migrations.facts.getByRole('button', { name: 'Change' }).first().click();
      await migrations.compareWithImage('0.7.7');
      await expect(migrations.state('The database is ahead: 2 migrations are not in the source')).toBeVisible({
        timeout: 60_000,
      });
      await expect(migrations.entries.first()).toContainText('applied, not in the source');
    });

    await test.step('who migrates', async () => {
      await migrations.open('Who migrates');
      await migrations.button('Let the server do it…').click();
      const diff = page.getByRole('region', { name: file });
      await expect(diff.locator('[data-line="added"]')).toContainText("RUN_MIGRATIONS_ON_START: 'true'", {
        timeout: 30_000,
      });
      expect(await readFile(file, 'utf8')).toContain("RUN_MIGRATIONS_ON_START: 'false'");
      await look('migrations-on-start');
      await migrations.button('Write the file').click();
      await expect(migrations.state('The compose file is written')).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText(/docker compose up -d/)).toBeVisible();
      expect(await readFile(file, 'utf8')).toContain("RUN_MIGRATIONS_ON_START: 'true'");
    });
  } finally {
    await docker.release();
  }
});
