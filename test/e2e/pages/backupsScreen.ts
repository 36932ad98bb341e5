import { expect, type Locator, type Page } from '@playwright/test';

type Section = 'Backups' | 'Copies and retention' | 'Other dumps';

/** The Backups screen. */
export class BackupsScreen {
  readonly page: Page;
  /** A row for each backup, newest first. */
  readonly rows: Locator;
  readonly now: Locator;
  readonly progress: Locator;
  readonly label: Locator;
  readonly search: Locator;

  constructor(page: Page) {
    this.page = page;
    this.rows = page.getByRole('table', { name: 'Backups' }).locator('tbody tr');
    this.now = page.getByRole('button', { name: 'Back up now' }).first();
    this.progress = page.getByRole('progressbar', { name: 'Backup', exact: true });
    this.label = page.getByRole('textbox', { name: 'Label' });
    this.search = page.getByRole('searchbox', { name: 'Search the backups' });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  region(name: string | RegExp): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  status(text: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: text });
  }

  async open(section: Section): Promise<void> {
    await this.page.getByRole('tab', { name: section, exact: true }).click();
    await expect(this.page.getByRole('tab', { name: section, exact: true })).toHaveAttribute('aria-selected', 'true');
  }

  /** Makes one and waits until it is listed. */
  async make(label: string): Promise<Locator> {
    await this.label.fill(label);
    await this.now.click();
    const row = this.rows.filter({ hasText: label });
    await expect(row).toBeVisible({ timeout: 90_000 });
    return row;
  }
}
