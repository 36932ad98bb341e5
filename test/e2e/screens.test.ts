import { connect, createServer } from 'node:net';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { createRole } from '../support/postgresRoles.ts';
import { startSshd } from '../support/sshd.ts';
import { makeSshKey } from '../support/sshKeys.ts';
import { Checks } from './pages/checks.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { Photographer } from './pages/photographer.ts';

/** Every screen with real data, in light and dark: nothing found by axe, and photographed. */

test('every screen, light and dark', async ({ launch }, testInfo) => {
  test.setTimeout(180_000);
  const server = await startPostgres({ major: 17, settings: { shared_buffers: '128MB', max_connections: 100 } });
  const { user, password } = await createRole(server, { user: 'aperture' });
  await server.sql('CREATE DATABASE aperture OWNER aperture');
  const key = await makeSshKey();
  const door = await usualPort(server);
  const sshd = await startSshd({
    users: [{ name: 'admin', keys: [key.publicKey] }],
    hostKeys: ['ed25519'],
    hosts: { 'db.lan': door.host },
  });

  const companion = await launch();
  const { page, question } = companion;
  const { look } = new Photographer(companion, testInfo);
  const connection = new ConnectionStep(page);
  const checks = new Checks(page);

  await expect(companion.heading('Welcome')).toBeVisible();
  await look('welcome');

  await companion.button(/^Import/).click();
  await page
    .getByRole('textbox', { name: 'From text' })
    .fill('DATABASE_URL=postgresql://aperture:…@db.lan:5432/aperture?sslmode=require');
  await page.getByRole('button', { name: 'Read it' }).click();
  await expect(page.getByRole('region', { name: 'One connection found' })).toBeVisible();
  await look('import');
  await page.getByRole('button', { name: 'Back', exact: true }).click();

  await connection.begin();
  await connection.fill({
    name: 'Living room',
    host: 'db.lan',
    port: door.port,
    user,
    password,
    database: 'aperture',
    tls: 'No encryption',
  });
  await connection.addSshHost({
    name: 'nas',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user.name,
    keyFile: key.file,
  });
  await page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
  await look('setup-connection');
  await connection.test();
  await expect(question).toContainText('Is this the right host?');
  await look('prompt-host-key');
  await question.getByRole('button', { name: 'Accept the key' }).click();
  await expect(connection.connected).toBeVisible();
  // Again, without the time that the question took.
  await connection.testAndContinue();
  await expect(checks.sum(/^Not ready/)).toBeVisible();
  await expect(checks.row('pgvector').getByRole('textbox', { name: 'Administrator' })).toBeVisible();
  await look('setup-checks', { small: true });

  // As an administrator would, after having copied the statements.
  await server.sql('CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm', {
    database: 'aperture',
  });
  await companion.button('Check again').click();
  await expect(checks.sum(/^Ready/)).toBeVisible();
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByText('Aperture can use this database').first()).toBeVisible();
  await look('overview', { small: true });

  await companion.open('Database');
  await expect(page.getByRole('region', { name: 'What is in it' })).toBeVisible();
  await look('database');
  await companion.open('Activity');
  await expect(companion.activity('Checks')).toBeVisible();
  await look('activity');
  await companion.activity('Connection test').click();
  await expect(page.getByRole('region', { name: 'Steps' })).toBeVisible();
  await look('activity-detail', { documented: false });
  await companion.open('Settings');
  await expect(page.getByRole('region', { name: 'Host keys' }).getByRole('button', { name: /^Forget/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Tools found' })).toContainText(/Found|Not found/);
  await expect(companion.button('Look again')).toBeEnabled();
  await look('settings');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Type what to do' })).toBeFocused();
  await look('palette', { documented: false });
});

/**
 * In the documentation the database is where databases usually are. 127.0.0.77 is this computer as well, and hardly anybody listens
 * there; in a plain test run any port does.
 */
async function usualPort(server: PostgresServer): Promise<{ host: string; port: number }> {
  if (process.env.PHOTOGRAPH !== '1') return { host: server.host, port: server.port };
  const door = createServer((client) => {
    const inside = connect(server.port, server.host);
    client.pipe(inside).pipe(client);
    for (const end of [client, inside]) end.on('error', () => end.destroy());
  });
  const host = '127.0.0.77';
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject).listen(5432, host, resolve);
  });
  door.unref();
  return { host, port: 5432 };
}
