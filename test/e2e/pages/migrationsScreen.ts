import { expect, type Locator, type Page } from '@playwright/test';
import type { Companion } from './companion.ts';

type Section = 'List' | 'Preview' | 'The guide’s query' | 'Who migrates';

/** The Migrations screen. */
export class MigrationsScreen {
  readonly #companion: Companion;
  readonly page: Page;
  readonly facts: Locator;
  readonly entries: Locator;
  readonly sums: Locator;
  readonly files: Locator;
  readonly before: Locator;

  constructor(companion: Companion) {
    this.#companion = companion;
    this.page = companion.page;
    const { page } = this;
    this.facts = page.getByRole('region', { name: 'Status' });
    this.entries = page.getByRole('list', { name: 'Migrations' }).getByRole('listitem');
    this.sums = page.getByRole('list', { name: 'Sums by effect' });
    this.files = page.getByRole('list', { name: 'Files', exact: true });
    this.before = page.getByRole('list', { name: 'What to know before' });
  }

  /** The line that says whether the database has everything. */
  state(text: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: text });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  panel(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  async open(section: Section): Promise<void> {
    await this.page.getByRole('tab', { name: section, exact: true }).click();
    await expect(this.page.getByRole('tab', { name: section, exact: true })).toHaveAttribute('aria-selected', 'true');
  }

  /** Answers the system's dialog with this folder, and compares with it. */
  async compareWithFolder(folder: string): Promise<void> {
    await this.#companion.running.app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
    }, folder);
    await this.page.getByRole('radio', { name: /^A folder/ }).check();
    await this.button('Choose a folder').click();
    await expect(this.page.getByText(folder, { exact: true })).toBeVisible();
    await this.button('Compare').click();
  }

  async compareWithImage(tag: string): Promise<void> {
    await this.page.getByRole('radio', { name: /^Another image/ }).check();
    await this.page.getByRole('textbox', { name: 'Tag or image' }).fill(tag);
    await this.button('Compare').click();
  }

  /** Opens a file of the preview to its statements. */
  async openFile(name: string): Promise<Locator> {
    const file = this.files
      .getByRole('listitem')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .first();
    await file.getByRole('button', { expanded: false }).first().click();
    return file;
  }
}
