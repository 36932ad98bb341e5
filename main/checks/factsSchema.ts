import { z } from 'zod';

/** What each part of the facts must look like; a server (or something that poses as one) is not trusted to send it. */
const names = z.array(z.string());

const server = z.object({
  version: z.string(),
  versionNum: z.int(),
  serverVersion: z.string(),
  user: z.string(),
  database: z.string(),
  inRecovery: z.boolean(),
  backendPid: z.int(),
  /** Address that the server itself has on this connection; null through a Unix socket. */
  serverAddress: z.string().nullable(),
  timeZone: z.string(),
  hasAuroraFunction: z.boolean(),
});

const schemas = z.object({
  searchPath: z.string(),
  searchPathSource: z.string(),
  /** Schemas of the search path that exist and may be used, in order, pg_catalog included. */
  current: names,
  /** Where new tables go; null when no schema of the path exists. */
  creationSchema: z.string().nullable(),
});

const role = z.object({
  superuser: z.boolean(),
  createDatabase: z.boolean(),
  createRole: z.boolean(),
  /** -1 is without limit. */
  connectionLimit: z.int(),
  memberOf: names,
  /** Roles of the server that a person could log in with to do what this role may not. */
  superusers: names,
  /** The providers' own administrator roles that exist on this server. */
  providerRoles: names,
});

const database = z.object({
  owner: z.string(),
  /** This role owns the database, directly or through a role whose rights it has. */
  owned: z.boolean(),
  encoding: z.string(),
  collate: z.string(),
  connectionLimit: z.int(),
  mayCreate: z.boolean(),
});

const publicSchema = z.object({
  exists: z.boolean(),
  owner: z.string().nullable(),
  mayCreate: z.boolean(),
  mayUse: z.boolean(),
});

const setting = z.object({ name: z.string(), value: z.string(), unit: z.string().nullable(), source: z.string() });

const installedExtension = z.object({
  name: z.string(),
  version: z.string(),
  schema: z.string(),
  owned: z.boolean(),
});

const availableExtension = z.object({ name: z.string(), version: z.string(), trusted: z.boolean() });

const relation = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  owner: z.string(),
  bytes: z.number(),
  rows: z.number(),
});

const ledgerPlace = z.object({ schema: z.string(), owner: z.string(), readable: z.boolean() });

/** One schema for each named part of an answer. */
export const parts = {
  server,
  schemas,
  role,
  database,
  publicSchema,
  settings: z.array(setting),
  installed: z.array(installedExtension),
  available: z.array(availableExtension),
  size: z.object({ bytes: z.number(), uptimeSeconds: z.number() }),
  connections: z.object({ all: z.int(), role: z.int(), database: z.int() }),
  relations: z.object({ count: z.int(), listed: z.array(relation), largest: z.array(relation) }),
  ledgerPlace: ledgerPlace.nullable(),
  ledger: z.object({ applied: z.int(), last: z.string().nullable() }),
  collation: z.object({ recorded: z.string().nullable(), actual: z.string().nullable() }),
  host: z.object({
    sharedMemoryKilobytes: z.number().nullable(),
    memoryKilobytes: z.number().nullable(),
    container: z.boolean(),
  }),
} as const;

export type PartName = keyof typeof parts;
export type Part<Name extends PartName> = z.infer<(typeof parts)[Name]>;
export type Relation = z.infer<typeof relation>;
