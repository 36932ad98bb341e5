import { Checks } from './pages/checks.ts';
import { expect, test } from './pages/companion.ts';

/** The whole way with nothing installed. */

test('practice: started, marked as such, checked, fixed, and there again after a restart', async ({ launch }) => {
  // PostgreSQL is compiled from WebAssembly and sets up its data folder first.
  test.setTimeout(120_000);
  const companion = await launch();
  const { page } = companion;
  const checks = new Checks(page);
  await companion.button(/^Practice/).click();
  await expect(page.getByRole('region', { name: 'Start of the practice database' })).toBeVisible();
  await expect(page.getByText('Step 3 of 3.')).toBeVisible({ timeout: 60_000 });
  await expect(companion.rail.getByText('Practice database', { exact: true })).toBeVisible();

  await expect(checks.sum(/^Not ready/)).toBeVisible({ timeout: 20_000 });
  const vector = checks.row('pgvector');
  await expect(vector.getByRole('region', { name: 'Enable vector' })).toContainText('CREATE EXTENSION');
  await vector.getByRole('button', { name: 'Run this statement' }).click();
  await expect(vector).toContainText('enabled. Needs', { timeout: 20_000 });
  await page.getByRole('button', { name: 'Fix 2 together' }).click();
  await companion.question.getByRole('button', { name: 'Run these statements' }).click();
  await expect(companion.question).toBeHidden({ timeout: 20_000 });
  await expect(checks.sum(/^Ready/)).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(
    page.getByText('A practice database on this computer. A server of Aperture cannot use it.'),
  ).toBeVisible();
  await expect(page.getByText('Aperture can use this database').first()).toBeVisible();
  await companion.running.stop();

  const again = await launch();
  await expect(again.page.getByText('A practice database on this computer.')).toBeVisible();
  await expect(again.page.getByText('Aperture can use this database').first()).toBeVisible({ timeout: 60_000 });
});
