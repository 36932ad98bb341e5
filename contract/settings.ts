import { z } from 'zod';

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
});
export type Settings = z.infer<typeof settingsSchema>;

export type AppInfo = {
  version: string;
  electron: string;
  chrome: string;
  node: string;
  platform: 'darwin' | 'win32' | 'linux' | 'other';
  dataFolder: string;
  /** This Electron gets no security fixes: fine for development, not for use. */
  electronEndOfLife: boolean;
};

/** A program that the app can use, and where it was found. */
export type ToolFound = {
  tool: 'pg_dump' | 'pg_restore' | 'psql' | 'ssh' | 'ssh-keygen' | 'ssh-agent' | 'docker' | 'docker-compose';
  path?: string;
  version?: string;
  /** Of PostgreSQL's tools only: the major version. */
  major?: number;
};

/** What is kept in the keychain, by account name; never the secrets. */
export type KeychainState = {
  available: boolean;
  /** Why not, in the library's own words. */
  detail?: string;
  entries: { account: string; label: string }[];
  /** Secrets kept in memory until the app quits. */
  sessionOnly: number;
};
