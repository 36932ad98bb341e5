import type { DatabaseAddress } from './connection.ts';
import type { Text } from './copy/text.ts';
import type { NetworkChange } from './network.ts';

/** Statements that the app can run by itself, named by what they achieve. The SQL is made in main from this and the instance. */
export const runnableFixIds = [
  'create-extension-vector',
  'create-extension-pgcrypto',
  'create-extension-pg_trgm',
  'update-extension-vector',
  'grant-create-on-database',
  'grant-create-on-schema',
  'make-owner',
  'set-search-path',
  'refresh-collation-version',
  'set-read-write',
  'set-maintenance-memory',
] as const;
export type RunnableFixId = (typeof runnableFixIds)[number];

/** Changes to the connection settings that the app offers instead of doing silently. */
export const settingFixIds = [
  'use-tls-disable',
  'use-tls-require',
  'use-tls-verify-full',
  'trust-certificate',
  'use-direct-address',
  'use-session-pooler',
  'enter-password',
] as const;
export type SettingFixId = (typeof settingFixIds)[number];

/**
 * What makes a failed check pass or a problem go away.
 * - `run`: main makes a plan for it, shows it, runs it.
 * - `paste`: the exact text, where it goes and as whom.
 * - `portal`: steps in a provider's web console.
 * - `setting`: a change to the instance's own connection settings.
 * - `network`: how the server finds the database: the Docker networks to change, then the address and the networks that it gets.
 */
export type Fix =
  | { kind: 'run'; id: RunnableFixId; title: Text; as: 'app' | 'administrator'; preview: string; why?: Text }
  | {
      kind: 'paste';
      title: Text;
      language: 'sql' | 'shell' | 'powershell' | 'config' | 'yaml';
      where: Text;
      snippet: string;
      why?: Text;
    }
  | { kind: 'portal'; title: Text; steps: Text[]; link?: string; why?: Text }
  | { kind: 'setting'; id: SettingFixId; title: Text; why?: Text }
  | {
      kind: 'network';
      title: Text;
      /** In this order, each safe to repeat. May be empty. */
      changes: NetworkChange[];
      /** The database's address in the server's DATABASE_URL from then on: `seenByServer` of the instance. */
      seenByServer: DatabaseAddress;
      /** Networks that the server has to join: `networks` of its settings. */
      networks: string[];
      /** `hostGateway` of its settings. */
      hostGateway: boolean;
      /** The same by hand. */
      preview: string;
      why?: Text;
    };
