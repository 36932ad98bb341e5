import { encodePercent } from '../contract/connectionString/percent.ts';

export type Redactor = {
  /** From now on this secret is hidden in every form that it is likely to appear in. Empty ones are ignored. */
  add(secret: string): void;
  /** The text with registered secrets, and whatever looks like one, replaced by `***`. Hides rather too much than too little. */
  redact(text: string): string;
};

const mask = '***';

/** One for each process: the logger, the journal and the support bundle all write through it. */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  const words = new Set<string>();
  let known: RegExp | undefined;

  const rebuild = () => {
    const longestFirst = (set: Set<string>) => [...set].sort((a, b) => b.length - a.length).map(escapePattern);
    const alternatives = [
      ...longestFirst(forms),
      ...longestFirst(words).map((word) => `(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`),
    ];
    known = alternatives.length === 0 ? undefined : new RegExp(alternatives.join('|'), 'gu');
  };

  return {
    add(secret) {
      if (secret === '') return;
      // A secret of three characters or less would blacken every line; it is hidden where it stands alone.
      for (const form of formsOf(secret)) (form.length < 4 ? words : forms).add(form);
      rebuild();
    },
    redact(text) {
      const first = known === undefined ? text : text.replace(known, mask);
      return patterns.reduce((result, { pattern, replacement }) => result.replace(pattern, replacement), first);
    },
  };
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, (character) => `\\${character}`);
}

/** The ways in which a secret is written down by URLs, JSON, SQL, password files, shells and HTTP headers. */
function formsOf(secret: string): Set<string> {
  const forms = new Set<string>([secret]);
  const strict = encodePercent(secret);
  for (const encoded of [strict, tryEncode(encodeURIComponent, secret), tryEncode(encodeURI, secret)]) {
    forms.add(encoded);
    forms.add(encoded.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()));
    forms.add(encoded.replaceAll('%20', '+'));
  }
  forms.add(new URLSearchParams({ p: secret }).toString().slice(2));
  const json = JSON.stringify(secret).slice(1, -1);
  forms.add(json);
  forms.add(JSON.stringify(json).slice(1, -1));
  forms.add(secret.replaceAll("'", "''"));
  forms.add(secret.replaceAll("'", "''").replaceAll('\\', '\\\\'));
  forms.add(secret.replace(/[\\']/g, '\\$&'));
  forms.add(secret.replace(/[\\"]/g, '\\$&'));
  forms.add(secret.replace(/[\\:]/g, '\\$&'));
  forms.add(secret.replaceAll("'", "'\\''"));
  if (secret.length >= 4) for (const form of base64Forms(secret)) forms.add(form);
  // A key file is logged line by line.
  for (const line of secret.split(/\r?\n/)) if (line.length >= 16 && !line.startsWith('-----')) forms.add(line);
  return forms;
}

/** A lone surrogate makes the built-in functions throw. */
function tryEncode(encode: (text: string) => string, secret: string): string {
  try {
    return encode(secret);
  } catch {
    return encodePercent(secret);
  }
}

/** Base64 of the secret alone and of its middle wherever it lies in something longer (`Basic user:password`), at each of three offsets. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const whole = bytes.toString('base64');
  const found = [whole, whole.replace(/=+$/, '')];
  for (let before = 0; before < 3; before++) {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const usable = shifted.length - (shifted.length % 3);
    const core = shifted
      .subarray(0, usable)
      .toString('base64')
      .slice(before === 0 ? 0 : 4);
    if (core.length >= 8) found.push(core);
  }
  return found.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

const secretName = 'pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|private_?key|session_?secret';
const quotedValue = `"(?:[^"\\\\]|\\\\.)*(?:"|$)|'(?:[^'\\\\]|\\\\.|'')*(?:'|$)`;

/** Whatever looks like a secret although nobody registered it. Repetitions are bounded, so that a long line stays cheap. */
const patterns: readonly { pattern: RegExp; replacement: string }[] = [
  // postgresql://user:password@host: up to the last @ of the word, because a raw password may hold some.
  { pattern: /(:\/\/[^\s:@/]{0,512}:)\S{1,4096}@/g, replacement: `$1${mask}@` },
  // CREATE ROLE … PASSWORD '…', E'…', $$…$$
  { pattern: /(\bpassword\s+)(?:E|U&)?'(?:[^'\\]|''|\\.){0,4096}(?:'|$)/gi, replacement: `$1${mask}` },
  { pattern: /(\bpassword\s+)\$(\w{0,64})\$[\s\S]{0,4096}?\$\2\$/gi, replacement: `$1${mask}` },
  { pattern: /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, replacement: mask },
  // ?token=… and &password=… end at the next parameter.
  {
    pattern: new RegExp(`([?&](?:[\\w-]{0,64}(?:${secretName})|auth|key|sig|signature)=)[^&\\s"'<>]+`, 'gi'),
    replacement: `$1${mask}`,
  },
  // PGPASSWORD=…, password='…', password=a\ b
  {
    pattern: new RegExp(
      `(?<![?&\\w])([\\w-]{0,64}(?:${secretName})[\\w-]{0,64}\\s?=\\s?)(?:${quotedValue}|(?:\\\\.|[^\\s\\\\])+)`,
      'gi',
    ),
    replacement: `$1${mask}`,
  },
  // "password": "…" in JSON, POSTGRES_PASSWORD: … in YAML (in capitals: prose says "password: …" too).
  {
    pattern: new RegExp(
      `(["'][\\w-]{0,64}(?:${secretName})[\\w-]{0,64}\\\\?["']\\s?:\\s?)(?:${quotedValue}|[^\\s,}]+)`,
      'gi',
    ),
    replacement: `$1${mask}`,
  },
  {
    pattern: new RegExp(
      `(?<!\\w)([A-Z0-9_]{0,64}(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)\\s?:\\s)(?:${quotedValue}|\\S+)`,
      'g',
    ),
    replacement: `$1${mask}`,
  },
  {
    pattern: /\b((?:proxy-)?authorization\s*[:=]\s*["']?(?:bearer|basic|digest)?\s*)[^\s"',]+/gi,
    replacement: `$1${mask}`,
  },
  { pattern: /\b(bearer\s+)[\w.~+/=-]{8,}/gi, replacement: `$1${mask}` },
  {
    pattern:
      /\b((?:x-gotify-key|x-api-key|x-emby-token|x-mediabrowser-token|set-cookie|cookie)["']?\s*[:=]\s*["']?)[^\s"',]+/gi,
    replacement: `$1${mask}`,
  },
  // Keys and tokens that show themselves: ntfy, OpenAI, Telegram, Uptime Kuma and healthchecks pushes, Slack and Discord webhooks.
  { pattern: /\btk_[a-z0-9]{20,}/g, replacement: mask },
  { pattern: /\bsk-[\w-]{16,}/g, replacement: mask },
  { pattern: /\bbot\d{5,}:[\w-]{20,}/g, replacement: mask },
  {
    pattern: /(\/api\/push\/|hc-ping\.com\/|hooks\.slack\.com\/services\/|\/api\/webhooks\/\d+\/)[\w/-]{8,}/g,
    replacement: `$1${mask}`,
  },
];
