import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type TestInfo } from '@playwright/test';
import type { Companion } from './companion.ts';

const usual = { width: 1240, height: 860 } as const;
const smallest = { width: 900, height: 600 } as const;
const documentation = path.resolve(import.meta.dirname, '../../../docs/screenshots');

/**
 * Looks at what the window shows, in light and in dark: axe must find nothing, and a picture is taken. The pictures go into the
 * documentation when PHOTOGRAPH=1 is set, and beside the results of the test otherwise.
 */
export class Photographer {
  readonly #companion: Companion;
  readonly #results: string;

  constructor(companion: Companion, testInfo: TestInfo) {
    this.#companion = companion;
    this.#results = testInfo.outputPath('screens');
  }

  readonly look = async (
    name: string,
    { small = false, documented = true }: { small?: boolean; documented?: boolean } = {},
  ): Promise<void> => {
    const folder = documented && process.env.PHOTOGRAPH === '1' ? documentation : this.#results;
    for (const scheme of ['light', 'dark'] as const) {
      await this.#show(scheme, usual);
      await this.#picture(path.join(folder, `${name}-${scheme}.png`));
      await this.#axe(`${name}, ${scheme}`);
      if (!small) continue;
      await this.#show(scheme, smallest);
      await this.#picture(path.join(folder, `${name}-small-${scheme}.png`));
      await this.#axe(`${name}, small, ${scheme}`);
    }
    await this.#show('light', usual);
  };

  async #show(scheme: 'light' | 'dark', size: { width: number; height: number }): Promise<void> {
    const { page, running } = this.#companion;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await running.app.evaluate(
      ({ BrowserWindow, nativeTheme }, { scheme, width, height }) => {
        nativeTheme.themeSource = scheme;
        BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
      },
      { scheme, ...size },
    );
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
    await expect
      .poll(() => page.evaluate(() => ({ width: window.innerWidth, height: window.innerHeight })))
      .toEqual(size);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    // A pointer that rests somewhere would show what it hovers over.
    await page.mouse.move(0, 0);
  }

  async #picture(file: string): Promise<void> {
    await this.#companion.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  }

  async #axe(where: string): Promise<void> {
    // Electron has no second page, which axe otherwise uses to put frames together.
    const { violations, passes } = await new AxeBuilder({ page: this.#companion.page }).setLegacyMode().analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html) }));
    expect.soft(found, where).toEqual([]);
    expect(passes.length, `${where}: rules that were tried`).toBeGreaterThan(10);
  }
}
