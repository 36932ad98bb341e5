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
  const message: string = catalogue[statement.key];
  let format = formats.get(message);
  if (format === undefined) {
    format = new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true });
    formats.set(message, format);
  }
  return String(format.format(statement.values));
}
