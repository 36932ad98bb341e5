import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { clientProgram } from '../support/postgresInstallation.ts';
import { createRole, type TestRole } from '../support/postgresRoles.ts';
import { until } from '../support/processes.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { BackupsScreen } from './pages/backupsScreen.ts';
import { type Companion, expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { Photographer } from './pages/photographer.ts';
import { filesHolding } from './pages/secrets.ts';

/** The Backups screen on a real PostgreSQL: what is listed as good is good, what is not is said. */

const passphrase = 'Kranich-Teekanne-Lampe-91';

let server: PostgresServer;
let role: TestRole;
let receiver: Receiver;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await startPostgres({ major: 17, settings: { shared_buffers: '128MB' } });
  role = await createRole(server, { user: 'aperture' });
  await server.sql('CREATE DATABASE aperture OWNER aperture');
  await server.sql('CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm', {
    database: 'aperture',
  });
  // As the server of Aperture would have made them.
  await server.sql(
    `SET ROLE aperture;
     CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());
     INSERT INTO aperture_migrations (name) VALUES ('0001_initial_schema.sql'), ('0114_watch_history.sql');
     CREATE TABLE movies (id serial PRIMARY KEY, title text, overview text);
     INSERT INTO movies (title, overview) SELECT 'Film ' || i, md5(i::text) FROM generate_series(1, 4210) i;
     CREATE TABLE users (id serial PRIMARY KEY, name text);
     INSERT INTO users (name) VALUES ('Ada'), ('Grace'), ('Linus');
     CREATE TABLE embeddings (movie_id int, embedding vector(384));
     INSERT INTO embeddings SELECT i, (SELECT array_agg(random()) FROM generate_series(1, 384 + i * 0))::vector
       FROM generate_series(1, 14000) i`,
    { database: 'aperture' },
  );
  receiver = await startReceiver();
});

test.afterAll(async () => {
  await receiver?.stop();
});

test('made, listed, looked into, damaged, removed; its settings', async ({ launch, home }, testInfo) => {
  test.setTimeout(400_000);
  const { folder: tools, slow } = toolsOf17();
  const companion = await launch({ env: { PATH: `${tools}${path.delimiter}${process.env.PATH ?? ''}` } });
  const { page } = companion;
  const backups = new BackupsScreen(page);
  const { look } = new Photographer(companion, testInfo);
  const folder = path.join(supportFolder('chosen'), 'Backups');
  await connect(companion);

  await test.step('none yet: Overview says so', async () => {
    await companion.open('Overview');
    const card = page.getByRole('heading', { name: 'Last good backup' }).locator('../..');
    await expect(card).toContainText('No good backup');
    await look('overview-no-backup', { documented: false });
    await companion.open('Backups');
    await expect(page.getByRole('heading', { name: 'No backup yet' })).toBeVisible();
    await expect(backups.region('What the next backup does')).toContainText(/pg_dump 17\.\d+, zstd/, {
      timeout: 60_000,
    });
    await look('backups-empty');
  });

  await test.step('another folder, remembered', async () => {
    await answerDialog(companion, 'showOpenDialog', { canceled: false, filePaths: [folder] });
    await page.getByText('Use another tool or another folder').click();
    await backups.button('Choose a folder').click();
    await expect(page.getByText(folder, { exact: true })).toBeVisible({ timeout: 60_000 });
  });

  await test.step('cancelled: nothing is left', async () => {
    await writeFile(slow, '');
    await backups.now.click();
    await expect(backups.progress).toBeVisible({ timeout: 30_000 });
    // Bytes, rate, tables.
    const bar = backups.region('Backup');
    await expect(bar).toContainText(/\d of 4 tables/, { timeout: 60_000 });
    await expect(bar).toContainText(/ a second/, { timeout: 30_000 });
    await expect(bar).toContainText(/\d (kB|MB) of [\d.]+ (kB|MB)/, { timeout: 60_000 });
    await look('backups-running');
    await backups.button('Cancel').click();
    await expect(backups.progress).toHaveCount(0, { timeout: 60_000 });
    await rm(slow);
    expect(await readdir(folder)).toEqual([]);
    await expect(page.getByRole('heading', { name: 'No backup yet' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  await test.step('made and listed as verified', async () => {
    const row = await backups.make('Before the update');
    await expect(row).toContainText('Verified');
    await expect(row).toContainText('PostgreSQL 17+, vector');
    await expect(row).toContainText('just now');
    expect((await readdir(folder)).sort()).toEqual([
      expect.stringMatching(/^aperture_.*_0114.*\.dump$/),
      expect.stringMatching(/\.json$/),
    ]);
    await expect(backups.label).toHaveValue('');
  });

  await test.step('what is in it', async () => {
    await backups.rows.getByRole('link', { name: 'Before the update' }).click();
    await expect(companion.heading('Before the update')).toBeVisible();
    await expect(backups.status('Verified')).toContainText('read to their ends');
    const tables = backups.region('Tables in this backup');
    await expect(tables.getByRole('row', { name: 'movies 4,210' })).toBeVisible();
    await expect(tables.getByRole('row', { name: 'embeddings 14,000' })).toBeVisible();
    await expect(tables.getByRole('row', { name: 'users 3' })).toBeVisible();
    await expect(page.getByText('2 migrations, the last is 0114_watch_history.sql').first()).toBeVisible();
    await expect(backups.region('The file')).toContainText(/[0-9a-f]{64}/);
    // The only good one has to stay.
    await expect(backups.button('Remove this backup')).toHaveCount(0);
    await look('backup-details', { small: true });
    await backups.button('Verify again').click();
    await expect(companion.page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
    await expect(backups.status('Verified')).toContainText('just now');
    await backups.button('Copy the path').click();
    const copied = await companion.running.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(existsSync(copied)).toBe(true);
    await backups.button('Back').click();
  });

  await test.step('by the palette alone; then one is damaged', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Type what to do' }).fill('back up now');
    await page.keyboard.press('Enter');
    await expect(backups.rows).toHaveCount(2, { timeout: 90_000 });
    await backups.make('After the update');
    await expect(backups.rows.getByText('Verified')).toHaveCount(3);
    const dump = await dumpLabelled(folder, 'Before the update');
    await flip(dump);
    // Nobody has read it since: it is listed as it was last read.
    await backups.rows.getByRole('link', { name: 'Before the update' }).focus();
    await page.keyboard.press('Enter');
    await backups.button('Verify again').click();
    await expect(backups.status('Damaged')).toContainText('its checksum is wrong', { timeout: 60_000 });
    await backups.button('Back').click();
    await expect(backups.rows.filter({ hasText: 'Before the update' })).toContainText('Damaged');
    // A file that somebody cut off is seen without reading it.
    const other = await dumpLabelled(folder, undefined);
    await truncate(other, (await stat(other)).size - 100);
    await companion.open('Overview');
    await expect(page.getByText('All activity')).toBeVisible();
    await companion.open('Backups');
    await expect(backups.rows.getByText('Damaged')).toHaveCount(2);
  });

  await test.step('removed: only what may be', async () => {
    const row = backups.rows.filter({ hasText: 'Before the update' });
    await row.getByRole('link').click();
    await backups.button('Remove this backup').click();
    await expect(companion.question).toContainText('The newest good backup stays');
    await look('backup-remove', { documented: false });
    await companion.question.getByRole('button', { name: 'Remove this backup' }).click();
    await expect(backups.rows).toHaveCount(2);
    expect((await readdir(folder)).length).toBe(4);
    await backups.search.fill('after update');
    await expect(backups.rows).toHaveCount(1);
    await backups.search.fill('');
  });

  await test.step('settings', async () => {
    await backups.open('Copies and retention');
    const disk = path.join(supportFolder('disk'), 'Second disk');
    await mkdir(disk);
    const kit = path.join(supportFolder('kit'), 'kit.html');
    await writeFile(kit, 'a file and no folder');

    await backups.button('Add a destination').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Second disk');
    await page.getByRole('textbox', { name: 'Folder' }).fill(path.join(kit, 'in a file'));
    await backups.button('Try it and add it').click();
    await expect(companion.problem).toBeVisible({ timeout: 30_000 });
    await page.getByRole('textbox', { name: 'Folder' }).fill(disk);
    await backups.button('Try it and add it').click();
    const places = page.getByRole('list', { name: 'Where copies go' });
    await expect(places.getByRole('listitem').filter({ hasText: 'Second disk' })).toContainText(disk);
    await page.getByRole('button', { name: 'Test Second disk' }).click();
    await expect(backups.status('Written, read and removed a file there')).toBeVisible();

    const encryption = page.getByRole('form', { name: 'Encryption of copies' });
    await encryption.getByRole('radio', { name: 'With a passphrase' }).check();
    await encryption.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await encryption.getByLabel('Passphrase again').fill(`${passphrase}x`);
    await expect(encryption).toContainText('These two differ');
    await expect(encryption.getByRole('button', { name: 'Use this encryption' })).toBeDisabled();
    await encryption.getByRole('radio', { name: 'With a key' }).check();
    await encryption.getByRole('button', { name: 'Use this encryption' }).click();
    await expect(encryption).toContainText(/New copies are encrypted for age1[0-9a-z]+/);
    await answerDialog(companion, 'showSaveDialog', { canceled: false, filePath: kit });
    await backups.button('Save it as a file').click();
    await expect(backups.status('The recovery kit is in')).toBeVisible();
    const page1 = await readFile(kit, 'utf8');
    expect(page1).toMatch(/AGE-SECRET-KEY-1[0-9A-Z]+/);
    expect((await stat(kit)).mode & 0o077).toBe(0);
    const key = /AGE-SECRET-KEY-1[0-9A-Z]+/.exec(page1)?.[0] ?? '';
    await expect(page.getByText(key)).toHaveCount(0);
    expect(await filesHolding(path.join(home, '.config'), key)).toEqual([]);
    await catchPrinting(companion);
    await backups.button('Print it').click();
    await expect(backups.status('It was sent to the printer')).toBeVisible();
    expect(await printed(companion)).toContain(key);

    const schedule = page.getByRole('form', { name: 'Schedule' });
    await schedule.getByText('Cron expression').click();
    await schedule.getByRole('textbox', { name: 'Cron expression' }).fill('61 2 * * *');
    await schedule.getByRole('button', { name: 'Show what would be set up' }).click();
    await expect(companion.problem).toContainText('The schedule cannot be read', { timeout: 30_000 });
    await schedule.getByText('Daily').click();
    await schedule.getByLabel('Time', { exact: true }).fill('03:30');
    await schedule.getByRole('button', { name: 'Show what would be set up' }).click();
    await schedule.getByText(/would be written and the commands/).click();
    await expect(schedule).toContainText('--scheduled');
    await schedule.getByRole('button', { name: 'Set it up' }).click();
    await expect(page.getByText(/^Daily at 03:30 .*\. All of them are kept\.$/)).toBeVisible({ timeout: 60_000 });
    await expect(schedule).toContainText('It has not begun one yet');
    await schedule.getByRole('button', { name: 'Remove the schedule' }).click();
    await expect(page.getByText('Made by hand. All of them are kept.')).toBeVisible({ timeout: 60_000 });

    await page.getByRole('textbox', { name: 'Newest' }).fill('1');
    await backups.button('Show what would go').click();
    await expect(page.getByRole('region', { name: 'This computer' })).toContainText('nothing would go', {
      timeout: 30_000,
    });
    await expect(page.getByRole('region', { name: 'This computer' })).toContainText('not known to be good');
    await backups.button('Use these rules').click();
    await expect(page.getByText(/Keeps the newest 1\./)).toBeVisible();

    await backups.button('Add somebody to tell').click();
    const form = page.getByRole('form', { name: 'Add somebody to tell' });
    await form.getByRole('textbox', { name: 'Name' }).fill('My phone');
    await form.getByLabel('When').selectOption('after every backup');
    await form.getByLabel('Address').fill(`${receiver.url}/aperture-topic-4711`);
    await form.getByRole('button', { name: 'Add somebody to tell' }).click();
    await page.getByRole('button', { name: 'Send a test to My phone' }).click();
    await expect(backups.status('A test was sent and accepted')).toBeVisible({ timeout: 30_000 });
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toMatchObject({ topic: 'aperture-topic-4711' });
    await expect(page.getByText('aperture-topic-4711')).toHaveCount(0);
    await companion.heading('Backups').scrollIntoViewIfNeeded();
    await look('backups-settings', { small: true });
    await page.getByRole('heading', { name: 'How long backups stay' }).scrollIntoViewIfNeeded();
    await look('backups-settings-retention');
  });

  await test.step('made with these: copied, encrypted, the rule applied, told', async () => {
    await backups.open('Backups');
    const row = await backups.make('With a copy');
    await expect(row).toContainText('Second disk', { timeout: 60_000 });
    await expect(row.getByRole('img', { name: 'Its copies are encrypted' })).toBeVisible();
    await expect(backups.rows.filter({ hasText: 'After the update' })).toHaveCount(0, { timeout: 60_000 });
    await until(
      async () => receiver.received.some(({ body }) => body.includes('Living room: backup made')),
      30_000,
      () => `nobody was told: ${JSON.stringify(receiver.received.map(({ body }) => body))}`,
    );
    await look('backups', { small: true });
    await companion.open('Overview');
    const card = page.getByRole('heading', { name: 'Last good backup' }).locator('../..');
    await expect(card).toContainText('Verified');
    await expect(card).toContainText('just now');
    await look('overview-backup', { documented: false });
  });

  await test.step('somebody else’s dump', async () => {
    await companion.open('Backups');
    await backups.open('Other dumps');
    const dump = await dumpLabelled(folder, 'With a copy');
    await answerDialog(companion, 'showOpenDialog', { canceled: false, filePaths: [dump] });
    await backups.button('Choose a file').click();
    await expect(backups.status('It was read to its end')).toBeVisible({ timeout: 60_000 });
    await expect(backups.region(path.basename(dump))).toContainText('PostgreSQL 17');
    await look('backups-inspect');
    const nonsense = path.join(supportFolder('nonsense'), 'cats.dump');
    await writeFile(nonsense, 'no dump at all');
    await answerDialog(companion, 'showOpenDialog', { canceled: false, filePaths: [nonsense] });
    await backups.button('Choose a file').click();
    await expect(backups.region('cats.dump')).toContainText('No dump that is known', { timeout: 30_000 });
  });
});

/**
 * A folder with PostgreSQL 17's tools. Not links: some are scripts that look for their libraries beside themselves. While there is a
 * file `slow` in it, what pg_dump writes comes as over a slow network.
 */
function toolsOf17(): { folder: string; slow: string } {
  const folder = supportFolder('tools-17');
  const slow = path.join(folder, 'slow');
  const trickle = `perl -e 'while (sysread(STDIN, $b, 65536)) { syswrite(STDOUT, $b); select(undef, undef, undef, 0.08) }'`;
  for (const tool of ['pg_dump', 'pg_restore'] as const) {
    const program = clientProgram(17, tool);
    const slowly = tool === 'pg_dump' ? `[ -e '${slow}' ] && { '${program}' "$@" | ${trickle}; exit; }\n` : '';
    writeFileSync(path.join(folder, tool), `#!/bin/sh\n${slowly}exec '${program}' "$@"\n`, { mode: 0o755 });
  }
  return { folder, slow };
}

/** Finishes the set-up of an external database. */
async function connect(companion: Companion): Promise<void> {
  const { page } = companion;
  const connection = new ConnectionStep(page);
  await expect(companion.heading('Welcome')).toBeVisible();
  await connection.begin();
  await connection.fill({
    name: 'Living room',
    host: server.host,
    port: server.port,
    user: role.user,
    password: role.password,
    database: 'aperture',
    tls: 'No encryption',
  });
  await connection.testAndContinue();
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(companion.heading('Living room')).toBeVisible();
}

/** What the next dialog of the system answers. */
async function answerDialog(
  { running }: Companion,
  which: 'showOpenDialog' | 'showSaveDialog',
  answer: { canceled: boolean; filePaths?: string[]; filePath?: string },
): Promise<void> {
  await running.app.evaluate(
    ({ dialog }, given) => {
      Object.assign(dialog, { [given.which]: async () => given.answer });
    },
    { which, answer },
  );
}

/** There is no printer here: what the app hands to the system's print dialog is kept instead, and accepted. */
async function catchPrinting({ running }: Companion): Promise<void> {
  await running.app.evaluate(({ app }) => {
    app.once('web-contents-created', (_event, contents) => {
      contents.print = (_options, done) => {
        Object.assign(globalThis, { printed: contents.getURL() });
        done?.(true, '');
      };
    });
  });
}

async function printed({ running }: Companion): Promise<string> {
  const url = await running.app.evaluate(() => (globalThis as { printed?: string }).printed);
  return Buffer.from(url?.split(',')[1] ?? '', 'base64').toString('utf8');
}

/** The dump with this label, or the one without any. */
async function dumpLabelled(folder: string, label: string | undefined): Promise<string> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json')) continue;
    const stored = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as { label?: string };
    if (stored.label === label) return path.join(folder, name.replace(/\.json$/, '.dump'));
  }
  throw new Error(`no backup is labelled ${label}`);
}

/** Turns one bit in the middle of a file. */
async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
