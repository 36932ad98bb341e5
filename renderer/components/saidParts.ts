import { say, type Text } from '../../contract/copy/text.ts';

/** Values of statements that are names of things: set apart from the words around them. */
const names = new Set([
  'database',
  'extension',
  'owner',
  'path',
  'file',
  'issuer',
  'role',
  'schema',
  'expected',
  'searchPath',
  'setting',
  'table',
  'user',
]);
const open = '\u2063';
const close = '\u2064';
// A setting such as maintenance_work_mem stands in the words themselves.
const pattern = /\u2063([^\u2063\u2064]*)\u2064|\b([a-z]+(?:_[a-z0-9]+)+)\b/g;

/** The statement cut into words and names. Joined, the parts are what `say` says. */
export function saidParts(text: Text): { part: string; name: boolean }[] {
  const said = say({ key: text.key, values: marked(text.values) });
  const parts: { part: string; name: boolean }[] = [];
  let at = 0;
  for (const match of said.matchAll(pattern)) {
    if (match.index > at) parts.push({ part: said.slice(at, match.index), name: false });
    const name = match[1] ?? match[2] ?? '';
    if (name !== '') parts.push({ part: name, name: true });
    at = match.index + match[0].length;
  }
  if (at < said.length) parts.push({ part: said.slice(at), name: false });
  return parts;
}

function marked(values: Text['values']): Text['values'] {
  if (values === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && names.has(name) ? `${open}${value}${close}` : value,
    ]),
  );
}
