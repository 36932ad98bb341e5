import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withoutKeychain } from '../support/keychain.ts';
import { startPostgres } from '../support/postgres.ts';
import { createOwnedDatabase, createRole } from '../support/postgresRoles.ts';
import { startProxy } from '../support/proxy.ts';
import { startSshd } from '../support/sshd.ts';
import { makeSshKey } from '../support/sshKeys.ts';
import { supportFolder } from '../support/supportFolder.ts';
import { makeCertificates } from '../support/tls.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { filesHolding, instanceIds, passwordInKeychain } from './pages/secrets.ts';

/** What goes wrong on the way to a database, and how one gets on from there. */

test('a wrong password is told, corrected, and the right one kept in the keychain and in no file', async ({
  launch,
  home,
}) => {
  const server = await startPostgres({ major: 17 });
  const owner = await createOwnedDatabase(server, 'aperture');
  const wrong = 'Wr0ng-pass/word?81';
  const companion = await launch();
  const connection = new ConnectionStep(companion.page);
  await connection.begin();
  await connection.fill({ host: server.host, port: server.port, ...owner, password: wrong, tls: 'No encryption' });
  await connection.test();

  // The app asks at once; whoever does not know the password here gets the whole story.
  const { problem, question } = companion;
  await expect(question).toContainText('The last one was not accepted.');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(problem).toContainText(`The login of ${owner.user} was refused`);
  await expect(problem).toContainText('PostgreSQL answers the same to a wrong password');
  await expect(problem).toContainText('Enter the password again');
  await expect(companion.button('Continue')).toBeDisabled();
  const [id = ''] = await instanceIds(companion.running.userData);
  expect(await passwordInKeychain(`database:${id}`)).toBe(wrong);

  await connection.fill({ password: owner.password });
  await connection.test();
  await expect(connection.connected).toBeVisible();
  await expect(problem).toBeHidden();
  expect(await passwordInKeychain(`database:${id}`)).toBe(owner.password);

  await companion.running.stop();
  for (const secret of [wrong, owner.password]) expect(await filesHolding(home, secret)).toEqual([]);
});

test('a changed host key is refused, with the key that was shown and the one that is known', async ({ launch }) => {
  const [server, key] = await Promise.all([startPostgres({ major: 17 }), makeSshKey()]);
  const sshd = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }], hostKeys: ['ed25519'] });
  const owner = await createOwnedDatabase(server, 'aperture');
  const companion = await launch();
  const { page, question, problem } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({ host: server.host, port: server.port, ...owner, tls: 'No encryption' });
  await connection.addSshHost({
    name: 'nas',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user.name,
    keyFile: key.file,
  });
  const known = sshd.hostKeys()[0]?.fingerprint ?? '';
  await connection.test();
  await expect(question).toContainText(known);
  await question.getByRole('button', { name: 'Accept the key' }).click();
  await expect(connection.connected).toBeVisible();

  await sshd.changeHostKeys();
  const shown = sshd.hostKeys()[0]?.fingerprint ?? '';
  expect(shown).not.toBe(known);
  await connection.test();
  await expect(problem).toContainText('The key of 127.0.0.1 has changed', { timeout: 20_000 });
  await expect(problem).toContainText(shown);
  await expect(problem).toContainText(known);
  await expect(question).toBeHidden();
  expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1);

  // Forgotten on purpose in Settings, the new one is asked about as any other.
  await companion.open('Settings');
  await page.getByRole('button', { name: /^Forget the key of 127\.0\.0\.1/ }).click();
  await expect(page.getByText('None yet. Hosts in ~/.ssh/known_hosts')).toBeVisible();
  await page.getByRole('region', { name: 'SSH hosts' }).getByRole('button', { name: 'Test', exact: true }).click();
  await expect(question).toContainText(shown);
  await question.getByRole('button', { name: 'Refuse' }).click();
  await expect(problem).toContainText('The key of 127.0.0.1 was not accepted');
});

test('without a keychain the password is kept for the session only, and asked for after a restart', async ({
  launch,
  home,
}) => {
  const server = await startPostgres({ major: 17 });
  const owner = await createOwnedDatabase(server, 'aperture');
  const env = Object.fromEntries(Object.keys(process.env).map((name) => [name, withoutKeychain()[name]]));
  const bus = { DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR };

  const first = await launch({ env: bus });
  const connection = new ConnectionStep(first.page);
  await connection.begin();
  await expect(first.page.getByText('No keychain here')).toBeVisible();
  await expect(first.page.getByText('kept in memory until the app quits, and asked for again then')).toBeVisible();
  await expect(first.page.getByRole('radio', { name: 'In the system’s keychain' })).toBeHidden();
  await connection.fill({ host: server.host, port: server.port, ...owner, tls: 'No encryption' });
  await connection.testAndContinue();
  await first.open('Settings');
  await expect(first.page.getByRole('region', { name: 'Keychain' })).toContainText('Not available');
  await expect(first.page.getByText('One secret is kept in memory until the app quits.')).toBeVisible();
  await first.running.stop();
  expect(await filesHolding(home, owner.password)).toEqual([]);

  const second = await launch({ env: bus });
  await second.open('Database');
  await second.button('Test the connection').click();
  await expect(second.question).toContainText('Database password');
  await expect(second.question).toContainText(`as ${owner.user}`);
  await expect(second.question.getByRole('checkbox')).toBeDisabled();
  await second.question.getByRole('textbox', { name: 'Password' }).fill(owner.password);
  await second.question.getByRole('button', { name: 'Log in' }).click();
  await expect(new ConnectionStep(second.page).connected).toBeVisible();
  await second.running.stop();
  expect(await filesHolding(home, owner.password)).toEqual([]);
});

test('a try that hangs is cancelled within two seconds, and Activity says so', async ({ launch }) => {
  const server = await startPostgres({ major: 17 });
  const owner = await createOwnedDatabase(server, 'aperture');
  const proxy = await startProxy({ target: server, fault: { kind: 'stall', after: 0, of: 'server' } });
  const companion = await launch();
  const { page } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({ host: proxy.host, port: proxy.port, ...owner, tls: 'No encryption' });
  await connection.test();
  const running = page.getByRole('region', { name: 'Connection test' });
  await expect(running).toBeVisible();
  await expect.poll(async () => (await proxy.counts()).open).toBe(1);

  await running.getByRole('button', { name: 'Cancel' }).click();
  await expect(running).toBeHidden({ timeout: 2_000 });

  await companion.open('Activity');
  await companion.activity('Connection test').click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();

  // Once the line is well again, so is the app.
  await proxy.change({ fault: null });
  await companion.open('Database');
  await companion.button('Test the connection').click();
  await expect(connection.connected).toBeVisible();
});

test('a URL with # and @ in its password: pointed at, repaired on request, and it connects', async ({ launch }) => {
  const server = await startPostgres({ major: 17 });
  const password = 'Gr#n/a@b ü?x';
  const { user } = await createRole(server, { password });
  await server.sql(`CREATE DATABASE aperture OWNER ${user}`);
  const companion = await launch();
  const { page } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.choose('Paste a connection string');
  const text = page.getByRole('textbox', { name: 'Connection string' });
  await text.fill(`postgresql://${user}:${password}@${server.host}:${server.port}/aperture?sslmode=disable`);
  await expect(text).toHaveAccessibleDescription(/#/);
  await page.getByRole('button', { name: 'Repair the text' }).click();
  await expect(text).toHaveValue(
    `postgresql://${user}:Gr%23n%2Fa%40b%20ü%3Fx@${server.host}:${server.port}/aperture?sslmode=disable`,
  );
  await page.getByRole('button', { name: 'Use these values' }).click();
  await expect(page.getByLabel('Password of the database user')).toHaveValue(password);
  await connection.testAndContinue();
  const [id = ''] = await instanceIds(companion.running.userData);
  expect(await passwordInKeychain(`database:${id}`)).toBe(password);
});

test('a compose file is imported from its text, and its password goes to the keychain alone', async ({
  launch,
  home,
}) => {
  const server = await startPostgres({ major: 17 });
  const { user, password } = await createOwnedDatabase(server, 'aperture');
  const companion = await launch();
  const { page } = companion;
  await companion.button(/^Import/).click();
  await expect(companion.heading('Import')).toBeVisible();
  await page.getByRole('textbox', { name: 'From text' }).fill(`services:
  aperture:
    image: ghcr.io/dgruhin-hrizn/aperture:latest
    environment:
      DATABASE_URL: postgresql://${user}:${password}@${server.host}:${server.port}/aperture?sslmode=disable
`);
  await page.getByRole('button', { name: 'Read it' }).click();
  const found = page.getByRole('region', { name: 'One connection found' });
  await expect(found).toContainText(`${server.host}:${server.port}`);
  await expect(found).toContainText(user);
  await expect(found).not.toContainText(password);
  await found.getByLabel('Name').fill('From compose');
  await found.getByRole('button', { name: 'Use this connection' }).click();
  await expect(page.getByText('Kept in the keychain')).toBeVisible();
  await new ConnectionStep(page).testAndContinue();
  const [id = ''] = await instanceIds(companion.running.userData);
  expect(await passwordInKeychain(`database:${id}`)).toBe(password);
  await companion.running.stop();
  expect(await filesHolding(home, password)).toEqual([]);
});

test('a certificate of an unknown authority: shown, refused, trusted for this instance, then verified', async ({
  launch,
}) => {
  const { server: certificates, authority } = await makeCertificates();
  const { certificate, key } = certificates.good;
  // As most servers are set up: the root is sent along.
  const withRoot = path.join(supportFolder('chain'), 'server.pem');
  await writeFile(withRoot, `${await readFile(certificate, 'utf8')}${await readFile(authority.certificate, 'utf8')}`);
  const server = await startPostgres({ major: 17, tls: { certificate: withRoot, key } });
  const owner = await createOwnedDatabase(server, 'aperture');
  const companion = await launch();
  const { page, problem } = companion;
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({ host: 'localhost', port: server.port, ...owner, tls: 'Verify fully' });
  await connection.test();

  await expect(problem).toContainText('The certificate of localhost comes from an unknown authority');
  const report = page.getByRole('region', { name: 'TLS and certificates' });
  const chain = report.getByRole('list', { name: 'Certificates of the server' }).getByRole('listitem');
  await expect(chain).toHaveCount(2);
  await expect(chain.first()).toContainText('CN=localhost');
  await expect(chain.first()).toContainText('Issued byCN=Authority of the tests');
  await expect(chain.first()).toContainText(/\d{4} \(in /);
  await expect(chain.last()).toContainText('Self-signed');
  const verdict = (reader: string) => report.getByRole('row').filter({ hasText: reader });
  const readers = ['This app', 'pg_dump and psql', 'The server of Aperture'];
  for (const reader of readers) await expect(verdict(reader)).toContainText('Refused');

  await page.getByRole('button', { name: 'Trust this certificate for this instance' }).click();
  await expect(connection.connected).toBeVisible();
  await expect(page.getByText('Trusted for this instance')).toBeVisible();
  for (const reader of readers) await expect(verdict(reader)).toContainText('Verified');
});

test('a server that leaves its root away: nothing that would not help is offered', async ({ launch }) => {
  const { server: certificates } = await makeCertificates();
  const server = await startPostgres({ major: 17, tls: certificates.throughIntermediate });
  const owner = await createOwnedDatabase(server, 'aperture');
  const { page, problem } = await launch();
  const connection = new ConnectionStep(page);
  await connection.begin();
  await connection.fill({ host: 'localhost', port: server.port, ...owner, tls: 'Verify fully' });
  await connection.test();
  await expect(problem).toContainText('Choose the authority’s certificate file');
  await expect(page.getByRole('list', { name: 'Certificates of the server' })).toContainText('CN=localhost');
  await expect(page.getByRole('button', { name: /^Trust/ })).toBeHidden();
});
