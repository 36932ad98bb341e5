import { spawn } from 'node:child_process';
import path from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { electronExecutable, privateEnvironment, rootSwitches } from '../support/electron.ts';
import { expect, test } from './pages/companion.ts';

/** The window itself: one of it, where it was left, as light or dark as wanted, and all of it by keyboard. */

const bounds = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());

test('a second start with the same data ends at once and brings the first window forward', async ({ launch }) => {
  const companion = await launch();
  await expect(companion.heading('Welcome')).toBeVisible();
  const { app, home, userData } = companion.running;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const began = Date.now();
  const code = await new Promise((resolve) => {
    const args = [...rootSwitches(), `--user-data-dir=${userData}`, path.resolve('.')];
    spawn(electronExecutable, args, { env: privateEnvironment(home), stdio: 'ignore' }).once('exit', resolve);
  });
  expect(code).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible())))
    .toEqual([true]);
});

test('size, place and appearance are as they were left', async ({ launch }) => {
  const first = await launch();
  await expect(first.heading('Welcome')).toBeVisible();
  const wanted = { x: 120, y: 90, width: 1000, height: 700 };
  await first.running.app.evaluate(
    ({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]?.setBounds(place),
    wanted,
  );
  await expect.poll(() => bounds(first.running.app)).toEqual(wanted);
  await first.open('Settings');
  await first.page.getByRole('radiogroup', { name: 'Appearance' }).getByText('Dark').click();
  await expect(first.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await first.running.stop();

  const second = await launch();
  await expect(second.heading('Welcome')).toBeVisible();
  await expect.poll(() => bounds(second.running.app)).toEqual(wanted);
  await expect(second.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  expect(await second.running.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
  await second.open('Settings');
  await second.page.getByRole('radiogroup', { name: 'Appearance' }).getByText('Light').click();
  await expect(second.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('the palette and the set-up by keyboard alone', async ({ launch }) => {
  const companion = await launch();
  const { page } = companion;
  await expect(companion.heading('Welcome')).toBeVisible();

  await page.keyboard.press('Control+k');
  const search = page.getByRole('combobox', { name: 'Type what to do' });
  await expect(search).toBeFocused();
  await page.keyboard.type('sett');
  await expect(page.getByRole('option', { name: /^Settings/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(companion.heading('Settings')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('zzzz');
  await expect(page.getByText('No command has these words.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(search).toBeHidden();
  await page.keyboard.press('Control+n');
  await expect(companion.heading('Welcome')).toBeVisible();

  const focused = page.locator(':focus');
  const tabTo = async (name: string) => {
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const label = await focused.evaluate((element) =>
        [
          element.getAttribute('aria-label'),
          ...(element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((one) => one.textContent) : []),
          element.textContent,
        ].join(' '),
      );
      if (label.includes(name)) return;
    }
    throw new Error(`${name} was not reached within 40 steps`);
  };
  // Whoever uses the keyboard sees where it is.
  await tabTo('Install Aperture');
  const outline = await focused.evaluate((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return { visible: (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none' };
  });
  expect(outline).toEqual({ visible: true });
  await page.keyboard.press('Enter');
  await expect(page.getByText('Step 1 of 7.')).toBeVisible();
  await tabTo('On this computer');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('radio', { name: /^Nowhere: only connect a database/ })).toBeChecked();
  await tabTo('Continue');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Step 2 of 4.')).toBeVisible();
  await tabTo('A PostgreSQL that I run');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /^A managed service/ })).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await tabTo('Continue');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Step 3 of 4.')).toBeVisible();
  await tabTo('Host');
  await page.keyboard.type('127.0.0.1');
  await tabTo('Port');
  await page.keyboard.type('1');
  // Enter anywhere in the form tries the connection; what is missing or wrong is told.
  await page.keyboard.press('Enter');
  await expect(companion.problem).toContainText('Nothing listens on 127.0.0.1, port 1', { timeout: 15_000 });
});
