import type { ConnectionSettings } from '../connection.ts';
import { encodePercent } from './percent.ts';

/**
 * A URL that node-postgres (pg-connection-string) and libpq read alike: for any user and password both get exactly these back.
 * One address only, the first: node-postgres knows no lists. `parameters` are added to the query in the given order.
 *
 * An address that WHATWG URLs cannot hold (a socket's directory, a scoped IPv6 address) goes into the query, which both read.
 */
export function writeDatabaseUrl(
  settings: ConnectionSettings,
  password: string | undefined,
  parameters: readonly (readonly [keyword: string, value: string])[] = [],
): string {
  const { host, port } = settings.hosts[0] ?? { host: 'localhost', port: 5432 };
  const login =
    encodePercent(settings.user) + (password === undefined || password === '' ? '' : `:${encodePercent(password)}`);
  const query: (readonly [string, string])[] = [];
  let authority = `${login}@`;
  if (/^[0-9A-Fa-f:.]+$/.test(host) && host.includes(':')) authority += `[${host}]:${port}`;
  else if (/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$/.test(host)) authority += `${host}:${port}`;
  else query.push(['host', host], ['port', String(port)]);
  if (settings.options !== undefined && settings.options !== '') query.push(['options', settings.options]);
  query.push(...parameters);
  const written = query.map(([keyword, value]) => `${keyword}=${encodePercent(value)}`).join('&');
  return `postgresql://${authority}/${encodeDatabase(settings.database)}${written === '' ? '' : `?${written}`}`;
}

/** node-postgres decodes the path with decodeURI, which leaves the escapes of these as they are; libpq takes them raw. */
function encodeDatabase(database: string): string {
  return encodePercent(database).replace(/%(?:3B|2F|3A|40|26|3D|2B|24|2C)/g, (escaped) => decodeURIComponent(escaped));
}

/** Whether node-postgres can get this name out of a URL at all: it never gets `?` or `#`, and `.` and `..` are paths to it. */
export function databaseNameFitsUrl(database: string): boolean {
  return !/[?#]/.test(database) && !database.split('/').some((segment) => segment === '.' || segment === '..');
}
