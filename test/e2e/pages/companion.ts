import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { type LaunchOptions, launchApp, type RunningApp } from '../../support/electron.ts';

type Screen = 'Welcome' | 'Overview' | 'Database' | 'Server' | 'Migrations' | 'Backups' | 'Activity' | 'Settings';

/** The app as somebody sees it: its window, its rail, and what is on top of everything. */
export class Companion {
  readonly running: RunningApp;
  readonly page: Page;
  readonly rail: Locator;
  readonly problem: Locator;
  readonly question: Locator;

  constructor(running: RunningApp) {
    this.running = running;
    this.page = running.window;
    this.page.setDefaultTimeout(15_000);
    this.rail = this.page.getByRole('navigation', { name: 'Screens' });
    this.problem = this.page.getByRole('alert');
    this.question = this.page.getByRole('dialog');
  }

  /** The heading that says which screen is open. */
  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Opens a screen by the rail. */
  async open(screen: Screen): Promise<void> {
    await this.rail.getByRole('link', { name: screen }).click();
    await expect(this.rail.getByRole('link', { name: screen })).toHaveAttribute('aria-current', 'page');
  }

  /** The first operation in Activity whose line has this text. */
  activity(text: string | RegExp): Locator {
    return this.page.getByRole('list', { name: 'Activity' }).getByRole('link').filter({ hasText: text }).first();
  }
}

/** Launches the app; closed, with what was made for it, when the test ends. */
export type Launch = (options?: LaunchOptions) => Promise<Companion>;

export const test = base.extend<{ home: string; launch: Launch }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed.
  home: async ({}, use) => {
    const home = await mkdtemp(path.join(tmpdir(), 'aperture-companion-home-'));
    await use(home);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  },
  launch: async ({ home }, use, testInfo) => {
    const launched: Companion[] = [];
    await use(async (options = {}) => {
      const companion = new Companion(await launchApp({ home, ...options }));
      launched.push(companion);
      return companion;
    });
    const failed = testInfo.status !== testInfo.expectedStatus;
    for (const [index, { page, running }] of launched.entries()) {
      if (failed && !page.isClosed()) {
        const picture = testInfo.outputPath(`window-${index + 1}.png`);
        await page.screenshot({ path: picture }).catch(() => undefined);
      }
      await running.stop();
    }
  },
});

export { expect };
