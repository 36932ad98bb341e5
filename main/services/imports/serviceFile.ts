import { type Found, foundInKeywords } from './found.ts';

const says = new Set(['host', 'hostaddr', 'port', 'dbname', 'user']);

/**
 * Entries of a pg_service.conf, as libpq reads them (parseServiceFile): a comment is a line that begins with `#`, a value goes to the
 * end of its line with everything in it, quotes and number signs too. Parsers of other .ini files cut these.
 * https://www.postgresql.org/docs/current/libpq-pgservice.html
 */
export function foundInServiceFile(content: string): Found[] {
  const found: Found[] = [];
  let service: { name: string; pairs: [string, string][] } | undefined;
  const finish = () => {
    // Other programs' .ini files have sections too.
    if (service?.pairs.some(([keyword]) => says.has(keyword))) {
      found.push(foundInKeywords(service.pairs, `[${service.name}]`, service.name));
    }
  };
  for (const raw of content.split('\n')) {
    const line = raw.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      finish();
      const close = line.indexOf(']');
      service = close < 0 ? undefined : { name: line.slice(1, close), pairs: [] };
      continue;
    }
    const equals = line.indexOf('=');
    // libpq takes the first of a keyword within one service.
    const keyword = line.slice(0, equals);
    if (service === undefined || equals < 1 || service.pairs.some(([known]) => known === keyword)) continue;
    service.pairs.push([keyword, line.slice(equals + 1)]);
  }
  finish();
  return found;
}
