import type { Locator, Page } from '@playwright/test';

/** The list of checks, as the set-up and the Database screen show it. */
export class Checks {
  readonly page: Page;
  readonly list: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole('list', { name: 'Checks' });
  }

  /** One requirement, found by its title. */
  row(title: string): Locator {
    return this.list
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('button', { name: `Check “${title}” again` }) });
  }

  /** The line above the list that says whether the database is ready. */
  sum(text: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: text });
  }
}
