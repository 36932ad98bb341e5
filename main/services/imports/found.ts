import { type ConnectionSettings, connectionSettingsSchema } from '../../../contract/connection.ts';
import { Findings } from '../../../contract/connectionString/findings.ts';
import { interpret } from '../../../contract/connectionString/interpret.ts';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import type { MissingField, Mistake } from '../../../contract/connectionString/parsed.ts';
import { type Text, text } from '../../../contract/copy/text.ts';

/** A connection as a parser found it, with its password: never leaves main. */
export type Found = {
  source: string;
  suggestedName: string;
  settings: ConnectionSettings;
  password?: string;
  notes: Text[];
};

/** A connection string somewhere in a file. Undefined when it is none, or not PostgreSQL's. */
export function foundInString(connectionString: string, source: string, name?: string): Found | undefined {
  const parsed = parseConnectionString(connectionString);
  if (parsed.format === 'none' || parsed.mistakes.some(({ code }) => code === 'scheme-other-database'))
    return undefined;
  const service = parsed.service === undefined ? [] : [text('connecting.import.service', { service: parsed.service })];
  return made(parsed, parsed.mistakes, source, name, service);
}

/** libpq keywords and values, as a service file has them. */
export function foundInKeywords(pairs: readonly (readonly [string, string])[], source: string, name?: string): Found {
  const findings = new Findings('');
  const fields = pairs.map(([keyword, value]) => ({ keyword, value, start: 0, end: 0 }));
  return made(interpret(fields, findings, 0), findings.mistakes(), source, name, []);
}

function made(
  read: { settings: ConnectionSettings; password?: string; missing: MissingField[] },
  mistakes: readonly Mistake[],
  source: string,
  name: string | undefined,
  more: readonly Text[],
): Found {
  const { settings, password, missing } = read;
  const said = mistakes.filter(({ code }) => code !== 'wrapping').map((mistake) => mistake.text);
  const absent = missing.map((field) => text('connecting.import.missing', { field }));
  const notes = [...more, ...said, ...absent].filter(
    (note, index, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(note)) === index,
  );
  return {
    source,
    suggestedName: (name ?? defaultName(settings)).slice(0, 200),
    settings: connectionSettingsSchema.parse(settings),
    ...(password === undefined || password === '' ? {} : { password }),
    notes,
  };
}

function defaultName(settings: ConnectionSettings): string {
  return `${settings.database} (${settings.hosts[0]?.host ?? ''})`;
}
