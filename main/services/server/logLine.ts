import type { ServerLogLine } from '../../../contract/server.ts';

/** A line as the engine hands it out with `--timestamps`: when it was written, and what. */
export type RawLine = { at?: string; text: string; from: 'stdout' | 'stderr' };

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;

/** Parts the engine's time from a line. */
export function rawLine(line: string, from: RawLine['from']): RawLine {
  const match = stamp.exec(line);
  if (match === null) return { text: line, from };
  return { at: match[1] ?? '', text: line.slice(match[0].length), from };
}

/** pino's fields, as far as they are worth reading; everything else may be there, too. */
type PinoLine = {
  level: number;
  time?: unknown;
  msg?: unknown;
  module?: unknown;
  name?: unknown;
  migration?: unknown;
  err?: unknown;
  req?: unknown;
  res?: unknown;
  responseTime?: unknown;
  total?: unknown;
  applied?: unknown;
};

/** The fields of a JSON line of the server; undefined for a plain line. */
export function pinoLine(text: string): PinoLine | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRecord(value) && typeof value.level === 'number' ? (value as PinoLine) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A line of the server made readable: JSON becomes a sentence, a plain line gets the level that its words tell. */
export function readLogLine({ at, text, from }: RawLine): ServerLogLine {
  const fields = pinoLine(text);
  if (fields === undefined) {
    const message = text.replace(/\r$/, '');
    return { ...(at === undefined ? {} : { at }), level: levelOfWords(message, from), message };
  }
  const time = typeof fields.time === 'number' ? isoTime(fields.time) : undefined;
  const when = at ?? time;
  const module = [fields.module, fields.name].find((name): name is string => typeof name === 'string');
  return {
    ...(when === undefined ? {} : { at: when }),
    level: levelOfNumber(fields.level),
    ...(module === undefined ? {} : { module }),
    message: messageOf(fields) || text,
  };
}

function isoTime(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** https://getpino.io/#/docs/api?id=loggerlevels-object */
function levelOfNumber(level: number): ServerLogLine['level'] {
  if (level >= 50) return 'error';
  if (level >= 40) return 'warn';
  return level >= 30 ? 'info' : 'debug';
}

function levelOfWords(line: string, from: RawLine['from']): ServerLogLine['level'] {
  if (/^\s*(?:❌|Failed |(?:\w*Error|error|fatal)\b[^\n]{0,40}:|Unexpected error|Uncaught|Unhandled)/.test(line))
    return 'error';
  if (/^\s*(?:⚠|\(node:\d+\) |warn(?:ing)?\b)/i.test(line)) return 'warn';
  // What goes on below an error is its stack and its fields.
  return from === 'stderr' && /^\s+\S/.test(line) ? 'error' : 'info';
}

function messageOf({ msg, migration, err, req, res, responseTime, total, applied }: PinoLine): string {
  const parts: string[] = [];
  if (isRecord(req) && typeof req.method === 'string') parts.push(`${req.method} ${String(req.url ?? '')}`.trim());
  if (isRecord(res) && typeof res.statusCode === 'number') parts.push(String(res.statusCode));
  if (typeof responseTime === 'number') parts.push(`${Math.round(responseTime)} ms`);
  if (typeof migration === 'string') parts.push(migration);
  if (typeof total === 'number' && typeof applied === 'number') parts.push(`${applied} of ${total} applied`);
  if (isRecord(err) && typeof err.message === 'string' && err.message !== msg) parts.push(err.message);
  const message = typeof msg === 'string' ? msg : '';
  if (parts.length === 0) return message;
  return message === '' ? parts.join(', ') : `${message}: ${parts.join(', ')}`;
}
