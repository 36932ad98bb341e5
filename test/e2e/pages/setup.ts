import { expect, type Locator, type Page } from '@playwright/test';

/** What of the server's form a test sets; everything else stays as it is suggested. */
export type ServerEntry = {
  folder?: string;
  tag?: string;
  port?: number;
  libraries?: string;
  backups?: string;
  container?: string;
  project?: string;
  database?: { container: string; volume: string; port: number };
};

/** The wizard's steps around the server: where Docker is, its settings, the review, the installation. */
export class Setup {
  readonly page: Page;
  readonly continues: Locator;
  readonly install: Locator;
  readonly verified: Locator;

  constructor(page: Page) {
    this.page = page;
    this.continues = page.getByRole('button', { name: 'Continue', exact: true });
    this.install = page.getByRole('button', { name: 'Install', exact: true });
    this.verified = page.getByText('Aperture is installed and running');
  }

  /** The line under the heading that says which step is open. */
  step(name: RegExp | string): Locator {
    return this.page.getByText(name);
  }

  async begin(): Promise<void> {
    await this.page.getByRole('button', { name: /^Install Aperture/ }).click();
    await expect(this.step(/^Step 1 of 7\./)).toBeVisible();
  }

  /** Waits for what was found, and goes on. */
  async goOnWithDocker(): Promise<void> {
    await expect(this.page.getByRole('heading', { name: /^Docker .* on / })).toBeVisible({ timeout: 60_000 });
    await this.continues.click();
    await expect(this.step(/^Step 2 of 7\./)).toBeVisible();
  }

  /** Where none is known yet, the form for one is open. */
  async addSshHost(host: { host: string; port: number; user: string; keyFile: string; name: string }): Promise<void> {
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

  async choose(source: string): Promise<void> {
    await this.page.getByRole('radio', { name: new RegExp(`^${source}`) }).check();
    await this.continues.click();
  }

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  /** What the Docker host says to a field. */
  finding(id: string): Locator {
    return this.page.locator(`[data-finding="${id}"]`);
  }

  async fillServer(entry: ServerEntry): Promise<void> {
    await expect(this.field('Compose file and .env')).toBeVisible({ timeout: 60_000 });
    const type = async (label: string, value: string | number | undefined) => {
      if (value !== undefined) await this.field(label).fill(String(value));
    };
    await type('Compose file and .env', entry.folder);
    await type('Version', entry.tag);
    await type('Port on the Docker host', entry.port);
    await type('Aperture’s libraries', entry.libraries);
    await type('The server’s own backups', entry.backups);
    if (entry.database !== undefined) {
      const panel = this.page.getByRole('region', { name: 'Database container' });
      await panel.getByRole('textbox', { name: 'Container’s name' }).fill(entry.database.container);
      await panel.getByRole('textbox', { name: 'Volume' }).fill(entry.database.volume);
      await panel.getByRole('textbox', { name: 'Port on the Docker host itself' }).fill(String(entry.database.port));
    }
    await this.page.getByText('Advanced', { exact: true }).click();
    if (entry.container !== undefined) {
      await this.page.getByRole('textbox', { name: 'Container’s name' }).last().fill(entry.container);
    }
    await type('Compose project', entry.project);
  }

  /** From the server's form to a review that nothing stands in the way of. */
  async review(): Promise<void> {
    await this.continues.click();
    await expect(this.step(/^Step 6 of 7\./)).toBeVisible();
    await expect(this.install).toBeEnabled({ timeout: 60_000 });
  }
}
