import { quoteKeyValue } from './keyValue.ts';
import { nearestKeyword } from './keywords.ts';

/** `Host=…;Username=…` (Npgsql, ADO.NET, ODBC) or `pgsql:host=…;dbname=…` (PHP) as a libpq string; undefined when it is neither. */
export function fromSemicolons(text: string): string | undefined {
  const body = text.replace(/^pgsql:/i, '');
  if (!body.includes(';') && body === text) return undefined;
  const parts = body.split(';').filter((part) => part.trim() !== '');
  if (parts.length < 2 || !parts.every((part) => /^[^=]+=/.test(part))) return undefined;
  const pairs = parts.map((part) => {
    const equals = part.indexOf('=');
    return { keyword: nearestKeyword(part.slice(0, equals).trim()), value: part.slice(equals + 1) };
  });
  const known = pairs.filter((pair): pair is { keyword: string; value: string } => pair.keyword !== undefined);
  if (!known.some(({ keyword }) => keyword === 'host')) return undefined;
  return known
    .map(({ keyword, value }) => {
      const plain = /^"(.*)"$/.exec(value.trim())?.[1] ?? value;
      return `${keyword}=${quoteKeyValue(keyword === 'sslmode' ? sslMode(plain) : plain)}`;
    })
    .join(' ');
}

/** Npgsql writes `VerifyFull`. */
function sslMode(value: string): string {
  return value
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
