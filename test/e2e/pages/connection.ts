import { expect, type Locator, type Page } from '@playwright/test';

export type TlsChoice =
  | 'Verify fully'
  | 'Verify the authority'
  | 'Require encryption'
  | 'Encrypt if the server can'
  | 'No encryption';

export type ConnectionEntry = {
  name?: string;
  host?: string;
  port?: number;
  database?: string;
  user?: string;
  password?: string;
  tls?: TlsChoice;
};

/** The step of the set-up about the connection: how the database is reached. */
export class ConnectionStep {
  readonly page: Page;
  readonly host: Locator;
  readonly connected: Locator;

  constructor(page: Page) {
    this.page = page;
    this.host = page.getByRole('textbox', { name: 'Host', exact: true });
    this.connected = page.getByText('Connected and logged in');
  }

  /** From Welcome to the empty form. */
  async begin(): Promise<void> {
    await this.page.getByRole('button', { name: /^Connect an existing instance/ }).click();
    await this.page.getByRole('radio', { name: /^Nowhere: only connect a database/ }).check();
    await this.page.getByRole('button', { name: 'Continue' }).click();
    await expect(this.page.getByText('Step 2 of 4.')).toBeVisible();
    await this.page.getByRole('button', { name: 'Continue' }).click();
    await expect(this.host).toBeVisible();
  }

  async fill(entry: ConnectionEntry): Promise<void> {
    const type = async (label: string, value: string | number | undefined) => {
      if (value !== undefined) await this.page.getByLabel(label, { exact: true }).fill(String(value));
    };
    await type('Name', entry.name);
    await type('Host', entry.host);
    await type('Port', entry.port);
    await type('Database', entry.database);
    await type('User', entry.user);
    await type('Password of the database user', entry.password);
    if (entry.tls !== undefined) await this.page.getByRole('radio', { name: entry.tls, exact: true }).check();
  }

  /** The control's radios have no area of their own: their labels are what is clicked. */
  async choose(how: 'Fill in fields' | 'Paste a connection string'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'How to enter the connection' }).getByText(how).click();
  }

  /** Chooses to go through SSH and saves a host that is logged in to with a key. */
  async addSshHost(host: { host: string; port: number; user: string; keyFile: string; name: string }): Promise<void> {
    await this.page.getByRole('radio', { name: 'Through SSH', exact: true }).check();
    const form = this.page.getByRole('group', { name: 'Add an SSH host' });
    await form.getByRole('combobox', { name: 'Host', exact: true }).fill(host.host);
    await form.getByLabel('Port', { exact: true }).fill(String(host.port));
    await form.getByLabel('User', { exact: true }).fill(host.user);
    await form.getByLabel('Name in this app').fill(host.name);
    await form.getByLabel('Log in with').selectOption('Key file');
    await form.getByRole('textbox', { name: 'Key file' }).fill(host.keyFile);
    await form.getByRole('button', { name: 'Save the host' }).click();
    await expect(form).toBeHidden();
  }

  async test(): Promise<void> {
    await this.page.getByRole('button', { name: /^Test (the connection|again)$/ }).click();
  }

  /** Tries the connection, expects it to work, and goes on to the checks. */
  async testAndContinue(): Promise<void> {
    await this.test();
    await expect(this.connected).toBeVisible({ timeout: 20_000 });
    await this.page.getByRole('button', { name: 'Continue' }).click();
    await expect(this.page.getByText('Step 4 of 4.')).toBeVisible();
  }
}
