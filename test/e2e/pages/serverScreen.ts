import { expect, type Locator, type Page } from '@playwright/test';

type Section = 'State' | 'Logs' | 'Settings' | 'Networks' | 'Compose file';

/** The Server screen. */
export class ServerScreen {
  readonly page: Page;
  readonly started: Locator;
  readonly log: Locator;
  readonly search: Locator;

  constructor(page: Page) {
    this.page = page;
    this.started = page.getByRole('list', { name: 'Started' });
    this.log = page.getByRole('region', { name: 'Log of the server' });
    this.search = page.getByRole('searchbox', { name: 'Search the log' });
  }

  /** The line that says what the server is like. */
  state(text: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: text });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async open(section: Section): Promise<void> {
    await this.page.getByRole('tab', { name: section, exact: true }).click();
    await expect(this.page.getByRole('tab', { name: section, exact: true })).toHaveAttribute('aria-selected', 'true');
  }

  /** Begins from a page of the first run: looks on this computer and links the container, as a new instance. */
  async adopt(container: string, name: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible();
    await this.page.keyboard.press('Control+k');
    await this.page.getByRole('combobox', { name: 'Type what to do' }).fill('find a running server');
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('button', { name: 'Look for servers' }).click();
    const found = this.page.getByRole('list', { name: 'Find a running server' }).getByRole('listitem');
    const row = found.filter({ has: this.page.getByText(container, { exact: true }) });
    await expect(row).toContainText('its image', { timeout: 60_000 });
    await this.page.getByRole('textbox', { name: 'Name of the instance' }).fill(name);
    await row.getByRole('button', { name: 'Use this one' }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: 'Server' })).toBeVisible();
  }
}
