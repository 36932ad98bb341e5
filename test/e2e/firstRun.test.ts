import { startPostgres } from '../support/postgres.ts';
import { createOwnedDatabase } from '../support/postgresRoles.ts';
import { startSshd } from '../support/sshd.ts';
import { makeSshKey } from '../support/sshKeys.ts';
import { Checks } from './pages/checks.ts';
import { expect, test } from './pages/companion.ts';
import { ConnectionStep } from './pages/connection.ts';
import { filesHolding } from './pages/secrets.ts';

/** The main job, from the first start to a database that is ready. */

test('through SSH to a server without pgvector, then to one with it, its fixes run, and the overview says so', async ({
  launch,
  home,
}) => {
  test.setTimeout(120_000);
  const passphrase = 'only the key knows: 4711';
  const [without, withVector, key] = await Promise.all([
    startPostgres({ major: 15 }),
    startPostgres({ major: 17 }),
    makeSshKey({ passphrase }),
  ]);
  const sshd = await startSshd({
    users: [{ name: 'tester', keys: [key.publicKey] }],
    // Only the SSH host can resolve it: nothing gets there by another way.
    hosts: { 'db.internal': '127.0.0.1' },
  });
  const [poor, owner] = await Promise.all([
    createOwnedDatabase(without, 'aperture'),
    createOwnedDatabase(withVector, 'aperture'),
  ]);

  const companion = await launch();
  const { page, question } = companion;
  const connection = new ConnectionStep(page);
  const checks = new Checks(page);

  await expect(companion.heading('Welcome')).toBeVisible();
  await connection.begin();
  await connection.fill({
    name: 'Living room',
    host: 'db.internal',
    port: without.port,
    ...poor,
    tls: 'No encryption',
  });
  await connection.addSshHost({
    name: 'nas',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user.name,
    keyFile: key.file,
  });
  await connection.test();

  // The host is new: its key is shown, and it is the one that the host has.
  await expect(question).toContainText('Is this the right host?');
  const shown = /SHA256:[A-Za-z0-9+/]{43}/.exec((await question.textContent()) ?? '')?.[0];
  expect(sshd.hostKeys().map(({ fingerprint }) => fingerprint)).toContain(shown);
  await expect(question.getByRole('button', { name: 'Refuse' })).toBeFocused();
  await question.getByRole('button', { name: 'Accept the key' }).click();
  await expect(question).toContainText('Passphrase of the key');
  await expect(question).toContainText(key.file);
  await question.getByLabel('Passphrase').fill('not this one');
  await question.getByRole('button', { name: 'Log in' }).click();
  await expect(question).toContainText('The last one was not accepted.');
  await question.getByLabel('Passphrase').fill(passphrase);
  await question.getByRole('button', { name: 'Log in' }).click();
  await expect(connection.connected).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Continue' }).click();

  // PostgreSQL 15 of Debian 12 has no package of its own for pgvector: told where there is one, for this very version.
  const vector = checks.row('pgvector');
  await expect(checks.sum(/^Not ready: \d+ things to fix/)).toBeVisible({ timeout: 20_000 });
  await expect(vector).toContainText('Needs a fix');
  await expect(vector).toContainText('Not on the server (Debian 12)');
  await expect(vector).toContainText('In a terminal on db.internal, the computer that PostgreSQL runs on');
  await expect(vector.getByRole('region', { name: 'Install pgvector’s package' })).toContainText(
    'sudo apt install postgresql-15-pgvector',
  );
  await expect(checks.row('PostgreSQL version')).toContainText('on Debian 12. Works; 16 or newer is recommended.');
  await expect(page.getByRole('button', { name: 'Finish' })).toBeDisabled();

  // Another server, which has it. The role owns its database and nothing else; pgvector is not a trusted extension.
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await connection.fill({ port: withVector.port, ...owner });
  await connection.testAndContinue();
  await expect(vector).toContainText('not enabled in aperture', { timeout: 20_000 });
  await expect(vector).toContainText(`The role ${owner.user} may not do this here`);
  await vector.getByRole('textbox', { name: 'Administrator' }).fill(withVector.superuser);
  await vector.getByRole('textbox', { name: 'Password, used for this once' }).fill('not the administrator’s');
  await vector.getByRole('button', { name: 'Run this statement' }).click();
  await expect(vector.getByRole('alert')).toContainText(`The login of ${withVector.superuser} was refused`);
  await vector.getByRole('textbox', { name: 'Password, used for this once' }).fill(withVector.superPassword);
  await vector.getByRole('button', { name: 'Run this statement' }).click();
  await expect(vector).toContainText('0.8.0, enabled', { timeout: 20_000 });

  // The other two are trusted: the role itself may, both at once.
  await page.getByRole('button', { name: 'Fix 2 together' }).click();
  await expect(question).toContainText('CREATE EXTENSION IF NOT EXISTS pgcrypto');
  await expect(question).toContainText('CREATE EXTENSION IF NOT EXISTS pg_trgm');
  await question.getByRole('button', { name: 'Run these statements' }).click();
  await expect(question).toBeHidden({ timeout: 20_000 });
  await expect(checks.sum(/^Ready/)).toBeVisible();
  expect(await withVector.sql('SELECT extname FROM pg_extension ORDER BY 1', { ...owner })).toEqual(
    ['pg_trgm', 'pgcrypto', 'plpgsql', 'vector'].map((extname) => ({ extname })),
  );

  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(companion.heading('Living room')).toBeVisible();
  await expect(page.getByText('Aperture can use this database').first()).toBeVisible();
  await expect(page.getByText('Database on db.internal, through SSH to nas')).toBeVisible();
  await companion.open('Activity');
  await companion.activity(/^Fix /).click();
  await expect(page.getByRole('region', { name: 'Log', exact: true })).toContainText('CREATE EXTENSION');

  await companion.running.stop();
  for (const secret of [withVector.superPassword, owner.password, poor.password, passphrase]) {
    expect(await filesHolding(home, secret)).toEqual([]);
  }
});
