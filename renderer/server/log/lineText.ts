import type { ServerLogLine } from '../../../contract/server.ts';

/** Local time with milliseconds, as the view shows it: "21:07:45.120". Made by hand: a formatter takes longer than all the rest of a row. */
export function clockOf(at: string | undefined): string {
  if (at === undefined) return '';
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** A line as it is copied. */
export function lineText({ at, level, module, message }: ServerLogLine): string {
  const from = module === undefined ? '' : `${module}: `;
  return `${at === undefined ? '' : `${at} `}${level.padEnd(5)} ${from}${message}`;
}

/** A text in parts, those that are the query marked. */
export function markedParts(text: string, query: string): { part: string; marked: boolean }[] {
  if (query === '') return [{ part: text, marked: false }];
  const parts: { part: string; marked: boolean }[] = [];
  const lower = text.toLowerCase();
  // Where lower case has another length than the text, places in one are none in the other.
  if (lower.length !== text.length) return [{ part: text, marked: lower.includes(query) }];
  let from = 0;
  for (let at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, from)) {
    if (at > from) parts.push({ part: text.slice(from, at), marked: false });
    parts.push({ part: text.slice(at, at + query.length), marked: true });
    from = at + query.length;
  }
  if (from < text.length) parts.push({ part: text.slice(from), marked: false });
  return parts;
}
