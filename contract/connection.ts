import { z } from 'zod';

export const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type TlsMode = (typeof tlsModes)[number];

/**
 * The one TLS model. Rendered for `pg`, for libpq's tools and for the server's DATABASE_URL by main/services/tls.
 * The meaning is libpq's: `require` encrypts without verifying unless a CA is given (libpq: "if a root CA file exists,
 * behaves as verify-ca"), `verify-ca` verifies the chain, `verify-full` the host name too.
 */
export const tlsSettingsSchema = z.object({
  mode: z.enum(tlsModes),
  /** PEM of the CA (or the certificate itself) that is trusted for this instance, instead of the system's CAs. */
  ca: z.string().max(200_000).optional(),
  /** Where the PEM came from, for people. */
  caPath: z.string().max(4096).optional(),
  clientCertificatePath: z.string().max(4096).optional(),
  clientKeyPath: z.string().max(4096).optional(),
  /** Name to verify instead of the host, for a database that is reached under another one. */
  serverName: z.string().max(255).optional(),
  /** `prefer` only: the user agreed that this instance may talk without encryption when the server has no TLS. */
  plainAccepted: z.boolean().optional(),
});
export type TlsSettings = z.infer<typeof tlsSettingsSchema>;

export const databaseAddressSchema = z.object({
  /** Host name, IPv4, IPv6 without brackets, or the directory of a Unix socket (starts with `/`). */
  host: z.string().min(1).max(1024),
  port: z.int().min(1).max(65535),
});
export type DatabaseAddress = z.infer<typeof databaseAddressSchema>;

/** How to reach a database, as fields. A URL exists only at the border (contract/connectionString). No secret in here. */
export const connectionSettingsSchema = z.object({
  hosts: z.array(databaseAddressSchema).min(1).max(16),
  database: z
    .string()
    .min(1)
    .max(63 * 4),
  user: z
    .string()
    .min(1)
    .max(63 * 4),
  tls: tlsSettingsSchema,
  channelBinding: z.enum(['disable', 'prefer', 'require']),
  targetSessionAttrs: z.enum(['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby']),
  connectTimeoutSeconds: z.int().min(1).max(600),
  /** libpq's `options`, e.g. `-c search_path=public` or Neon's `endpoint=…`. */
  options: z.string().max(4096).optional(),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;

export const routeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('direct') }),
  z.object({ kind: z.literal('ssh'), sshHostId: z.string().min(1).max(64) }),
]);
export type Route = z.infer<typeof routeSchema>;

export const defaultConnection = {
  port: 5432,
  tls: { mode: 'prefer' },
  channelBinding: 'prefer',
  targetSessionAttrs: 'any',
  connectTimeoutSeconds: 15,
} as const;

/** One certificate of the chain that the server sent, leaf first. Times are ISO 8601. */
export type CertificateView = {
  subject: string;
  issuer: string;
  /** Names that it is valid for (subjectAltName, else the common name). */
  names: string[];
  validFrom: string;
  validTo: string;
  /** SHA-256, upper-case hex with colons. */
  fingerprint: string;
  selfSigned: boolean;
  certificateAuthority: boolean;
  pem: string;
};

/** Whether one of the three readers of the settings would accept the server's certificate, and why not. */
export type TlsVerdict = {
  reader: 'app' | 'tools' | 'server';
  outcome: 'encrypted-verified' | 'encrypted-unverified' | 'plain' | 'refused';
  problem?: import('./problem.ts').Problem;
  /** What is written for this reader: an sslmode, environment, or DATABASE_URL options. Never a secret. */
  rendered: string;
};

export type TlsReport = {
  offered: boolean;
  protocol?: string;
  cipher?: string;
  chain: CertificateView[];
  verdicts: TlsVerdict[];
};

export const providerIds = [
  'supabase',
  'neon',
  'rds',
  'aurora',
  'azure',
  'cloud-sql',
  'digitalocean',
  'practice',
  'container',
  'debian',
  'rhel',
  'alpine',
  'windows',
  'macos',
  'unknown',
] as const;
export type ProviderId = (typeof providerIds)[number];

/** What answered: filled as far as the connection got. */
export type ServerView = {
  version: string;
  versionNum: number;
  provider: ProviderId;
  /** Operating system or package as the server tells, e.g. "Debian 13". */
  platform: string;
  pooler?: 'pgbouncer' | 'supavisor' | 'neon' | 'unknown';
  user: string;
  database: string;
  inRecovery: boolean;
};

/** The result of trying the settings once: how far it got, and what was seen on the way. */
export type ConnectionReport = {
  outcome: 'connected' | 'failed';
  /** Which address answered, when several were given. */
  address?: DatabaseAddress;
  /** Milliseconds from dialling to being logged in. */
  milliseconds: number;
  server?: ServerView;
  tls?: TlsReport;
  problem?: import('./problem.ts').Problem;
};
