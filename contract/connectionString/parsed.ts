import type { ConnectionSettings } from '../connection.ts';
import type { Text } from '../copy/text.ts';

/** One `keyword=value` as it stands in the text, decoded. `start` and `end` are offsets of the value in the whole text. */
export type Field = { keyword: string; value: string; start: number; end: number };

export const mistakeCodes = [
  'wrapping',
  'scheme-missing',
  'scheme-case',
  'scheme-driver',
  'scheme-other-database',
  'format-other',
  'format-unknown',
  'character-raw',
  'character-forbidden',
  'line-break',
  'space-raw',
  'backslash',
  'placeholder',
  'percent-escape',
  'percent-zero',
  'percent-encoding',
  'quote-unterminated',
  'equals-missing',
  'equals-extra',
  'bracket-missing',
  'bracket-after',
  'address-without-brackets',
  'host-invalid',
  'host-count',
  'port-invalid',
  'port-count',
  'keyword-unknown',
  'keyword-elsewhere',
  'keyword-twice',
  'value-invalid',
  'value-replaced',
  'name-too-long',
] as const;
export type MistakeCode = (typeof mistakeCodes)[number];

/**
 * Something in the text that libpq would refuse or that would surprise.
 * - `error`: libpq (or the meaning of the text) fails here; the settings are a guess until the user agrees to `repair`.
 * - `warning`: read as libpq reads it, but other programs read it differently or part of it is not used.
 * - `note`: read in another way than it is written, without loss.
 */
export type Mistake = {
  start: number;
  end: number;
  code: MistakeCode;
  severity: 'error' | 'warning' | 'note';
  text: Text;
  /** The whole text with everything repaired that can be. Used only when the user agrees. May hold the password. */
  repair?: string;
};

/** A part that was understood, for showing it beside the text. Secrets are shown as dots, whatever their length. */
export type Understood = {
  field: string;
  value: string;
  start: number;
  end: number;
  /** False for what libpq knows and the app does not need (keepalives, gssencmode, …). */
  used: boolean;
};

export type MissingField = 'host' | 'user' | 'database' | 'password';

export type ParsedConnectionString = {
  format: 'url' | 'keywords' | 'none';
  /** Always complete: what is missing has libpq's default (user: `postgres`, as there is no login name to take). */
  settings: ConnectionSettings;
  /** Undefined: none given. Empty: given as empty. */
  password?: string;
  /** Of the client's private key (`sslpassword`). */
  clientKeyPassphrase?: string;
  /** Name of an entry of pg_service.conf that the rest comes from. */
  service?: string;
  missing: MissingField[];
  understood: Understood[];
  mistakes: Mistake[];
  /** There is something, and no mistake is an error. */
  usable: boolean;
};

export const hiddenValue = '••••••••';
