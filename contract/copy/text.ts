import { IntlMessageFormat } from 'intl-messageformat';
import type { Values } from '../problem.ts';
import { catalogue } from './catalogue.ts';

export type TextKey = keyof typeof catalogue;

/** A statement for people, by key, with what it is filled with. Main speaks in these; window and terminal say them. */
export type Text = { key: TextKey; values?: Values };

const formats = new Map<string, IntlMessageFormat>();

/** Makes a reference to a statement of the catalogue. */
export function text(key: TextKey, values?: Values): Text {
  return values === undefined ? { key } : { key, values };
}

/** The statement in words (ICU message syntax: `{name}`, `{count, plural, one {# thing} other {# things}}`). */
export function say(statement: Text): string {
  return saidMessage(catalogue[statement.key], statement.values);
}

/** Messages of words and `{name}` alone. An apostrophe quotes in ICU messages, so what has one is left to the formatter. */
const simple = /^(?:[^{}']|\{\w+\})*$/;

/**
 * A message filled with values. A value that is missing is shown as `…`: statements are read back from journals of older versions,
 * and one gap must not keep the rest from being shown.
 */
export function saidMessage(message: string, values: Values = {}): string {
  // The formatter parses and asks for the locale's rules: 10 ms at the start of the window, for words that need neither.
  if (simple.test(message)) return message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '…'));
  let format = formats.get(message);
  if (format === undefined) {
    format = new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true });
    formats.set(message, format);
  }
  let missing = false;
  const tolerant = new Proxy(values, {
    has: () => true,
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      missing ||= value === undefined;
      return value ?? '…';
    },
  });
  const said = String(format.format(tolerant));
  // A number that is missing has no plural form: `#` of it is not a number.
  return missing ? said.replaceAll('NaN', '…') : said;
}
