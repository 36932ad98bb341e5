import { z } from 'zod';
import type { Fix } from './fix.ts';

/**
 * The closed list of failures that the app expects and can explain. Text for each is in copy/problems.ts;
 * whoever shows a problem switches on the code, never on a message.
 */
export const problemCodes = [
  // Reaching the server
  'dns-not-found',
  'connection-refused',
  'host-unreachable',
  'connection-timeout',
  'connection-reset',
  'server-no-answer',
  'ipv6-only-host',
  'not-postgres-http',
  'not-postgres-ssh',
  'not-postgres-unknown',
  'socket-missing',
  // TLS
  'tls-refused-by-server',
  'tls-plain-needs-consent',
  'tls-required-by-server',
  'tls-self-signed',
  'tls-untrusted',
  'tls-expired',
  'tls-not-yet-valid',
  'tls-wrong-name',
  'tls-client-certificate-required',
  'tls-client-certificate-invalid',
  'tls-handshake-failed',
  'certificate-file-unreadable',
  'channel-binding-unavailable',
  // Logging in
  'password-wrong',
  'password-required',
  'password-empty',
  'password-normalised',
  'role-missing',
  'role-cannot-login',
  'role-expired',
  'role-connection-limit',
  'database-connection-limit',
  'server-connection-limit',
  'database-missing',
  'pg-hba-refused',
  'authentication-method-unsupported',
  'peer-authentication-failed',
  'server-starting',
  'server-stopping',
  'server-in-recovery',
  'read-only-transaction',
  'no-suitable-server',
  'pooler-refused-option',
  'pooler-unsuitable',
  // Working
  'permission-denied',
  'extension-unavailable',
  'extension-not-permitted',
  'object-exists',
  'statement-timeout',
  'lock-timeout',
  'server-disk-full',
  'server-out-of-memory',
  'connection-lost',
  'sql-error',
  // SSH
  'ssh-dns-not-found',
  'ssh-connection-refused',
  'ssh-timeout',
  'ssh-not-ssh',
  'ssh-host-key-unknown',
  'ssh-host-key-changed',
  'ssh-host-key-revoked',
  'ssh-known-hosts-unreadable',
  'ssh-no-common-algorithm',
  'ssh-authentication-failed',
  'ssh-key-unreadable',
  'ssh-key-format',
  'ssh-key-ppk',
  'ssh-key-passphrase-required',
  'ssh-key-passphrase-wrong',
  'ssh-agent-unreachable',
  'ssh-agent-empty',
  'ssh-forwarding-refused',
  'ssh-target-refused',
  'ssh-session-limit',
  'ssh-connection-lost',
  'ssh-proxy-command',
  'ssh-config-invalid',
  'ssh-command-failed',
  'command-missing',
  'command-timed-out',
  // Docker
  'docker-not-found',
  'docker-not-running',
  'docker-permission-denied',
  'docker-sudo-refused',
  'docker-context-missing',
  'docker-elsewhere',
  'docker-no-answer',
  'docker-command-failed',
  'docker-disk-full',
  'compose-missing',
  'registry-unreachable',
  'registry-refused',
  'registry-limited',
  'image-platform-missing',
  'container-missing',
  'container-name-taken',
  'container-port-taken',
  'container-mount-failed',
  'container-network-missing',
  'container-image-missing',
  'container-out-of-memory',
  'container-crash-loop',
  'container-exited',
  // The server in its container
  'server-not-found',
  'server-not-ready',
  'server-environment-invalid',
  'server-database-is-localhost',
  'server-host-gateway-missing',
  'server-database-silent',
  'server-tls-unavailable',
  'server-ca-missing',
  'reach-image-missing',
  'reach-container-failed',
  'migration-failed',
  'migrations-raced',
  'migrations-pending',
  // Where migrations come from
  'migrations-no-server',
  'migrations-image-missing',
  'migrations-missing',
  'migrations-unreadable',
  'migration-file-invalid',
  'migration-syntax',
  // Keychain
  'keychain-missing',
  'keychain-locked',
  'keychain-denied',
  'keychain-entry-missing',
  'secret-too-long',
  // What is stored
  'store-corrupt',
  'store-newer',
  'store-unwritable',
  'disk-full',
  'file-unreadable',
  'instance-missing',
  'ssh-host-missing',
  'ssh-host-in-use',
  'operation-missing',
  'operation-busy',
  'plan-missing',
  'plan-stale',
  'file-changed',
  'compose-not-editable',
  'compose-not-found',
  'install-blocked',
  'server-not-installed',
  'settings-put-back',
  // Backups
  'backup-tool-missing',
  'backup-tool-failed',
  'backup-tool-killed',
  'backup-damaged',
  'backup-space',
  'backup-missing',
  'backup-practice',
  'backup-folder-missing',
  // Input
  'invalid-input',
  'connection-string-invalid',
  'import-nothing-found',
  'question-unanswered',
  'cancelled',
  // Practice
  'practice-failed',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

export const problemCodeSchema = z.enum(problemCodes);

/** Values that the text of a problem, a check or a step is filled with. Never a secret. */
export type Values = Record<string, string | number>;

/**
 * An expected failure as plain data: it crosses IPC, is written to the journal and printed by the command line.
 *
 * `detail` is the other side's own words (PostgreSQL's message, OpenSSL's reason), redacted, for whoever wants to search for them.
 */
export type Problem = {
  code: ProblemCode;
  values: Values;
  detail?: string;
  fixes?: Fix[];
};
