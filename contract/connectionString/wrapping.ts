import type { Findings } from './findings.ts';

const urlAhead = String.raw`(?=["'\x60]?[A-Za-z][A-Za-z0-9+.:_-]*:\/\/)`;
/** `export DATABASE_URL=`, `- DATABASE_URL=`, `DATABASE_URL: `, `$env:DATABASE_URL = `, before a URL only: `host=` is no prefix. */
const assignment = new RegExp(
  String.raw`^(?!jdbc:)(?:-\s+)?(?:(?:export|set|setx|ENV)\s+|\$env:)?(["']?)[A-Za-z_][A-Za-z0-9_.-]*\1\s*(?:=|:(?!\/\/)|\s)\s*${urlAhead}`,
  'i',
);
const command =
  /^\$?\s*(?:psql|pg_dump|pg_restore|pgcli)(?:\s+-d|\s+--dbname[= ])?\s+(?=["']?(?:[A-Za-z]+:\/\/|[a-z]+=))/;
/** `- "DATABASE_URL=…"` of a YAML list. */
const listItem = /^-\s+(?=["'])/;
const pairs: Record<string, string> = { '"': '"', "'": "'", '`': '`', '<': '>', '“': '”', '‘': '’' };

/** The part of a pasted text that is the connection string: without the blanks, the assignment and the quotes around it. */
export function unwrap(text: string, findings: Findings): { start: number; end: number } {
  const trimmed = trim(text, 0, text.length);
  let { start, end } = trimmed;
  for (let round = 0; round < 5; round++) {
    const inside = text.slice(start, end);
    const prefix = assignment.exec(inside) ?? command.exec(inside) ?? listItem.exec(inside);
    if (prefix !== null) {
      ({ start, end } = trim(text, start + prefix[0].length, end));
      continue;
    }
    const closing = pairs[text[start] ?? ''];
    if (closing !== undefined && end - start > 1) {
      const last = text[end - 1];
      if (last === closing) {
        ({ start, end } = trim(text, start + 1, end - 1));
        continue;
      }
      if ((last === ';' || last === ',') && text[end - 2] === closing && end - start > 2) {
        ({ start, end } = trim(text, start + 1, end - 2));
        continue;
      }
    }
    break;
  }
  if (start > trimmed.start) findings.add('note', 'wrapping', trimmed.start, start, {}, '');
  if (end < trimmed.end) findings.add('note', 'wrapping', end, trimmed.end, {}, '');
  return { start, end };
}

/** Blanks as C's isspace knows them: a no-break space may belong to a password. */
function trim(text: string, start: number, end: number): { start: number; end: number } {
  let first = start;
  let last = end;
  while (first < last && /[ \t\n\v\f\r\uFEFF]/.test(text[first] ?? '')) first++;
  while (last > first && /[ \t\n\v\f\r]/.test(text[last - 1] ?? '')) last--;
  return { start: first, end: last };
}
