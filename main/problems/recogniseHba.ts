import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Fix } from '../../contract/fix.ts';
import type { Problem } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';
import { quoted, type ServerError, words } from './serverError.ts';

/**
 * A refusal by pg_hba.conf: SQLSTATE 28000 raised by ClientAuthentication, in any language. The first quoted name is the client's
 * address as the server sees it, which differs from this computer's own behind NAT, a tunnel or Docker.
 */
export function recogniseHba(error: ServerError, context: Context): Problem | undefined {
  if (error.code !== '28000') return undefined;
  const english = /^(no pg_hba\.conf entry|pg_hba\.conf rejects)/.test(error.message);
  if (!english && error.routine !== 'ClientAuthentication') return undefined;
  const values = placeOf(context);
  const names = quoted(error.message);
  if (names.length === 0) {
    // "connection requires a valid client certificate" comes from the same routine and names nobody.
    return { code: 'tls-client-certificate-required', values, detail: words(error) };
  }
  // The user and the database are known; only the address is news. Names with quotes in them can't be told from a message anyway.
  const client = names.find((name) => isIPv4(name) || isIPv6(name) || name === '[local]') ?? names[0] ?? '';
  const user = String(values.user);
  const database = String(values.database);
  const encrypted = context.encrypted === true;
  const local = client.includes('[local]') || !(isIPv4(client) || isIPv6(client));
  const subnet = local ? '' : (context.subnets?.find((one) => isInSubnet(client, one)) ?? subnetOf(client));
  // md5 takes a password that is kept as SCRAM as well; the other way round it does not work.
  const method = context.passwordEncryption === 'md5' ? 'md5' : 'scram-sha-256';
  const line = local ? localLine(user, database, method) : hbaLine({ user, database, subnet, encrypted, method });
  return {
    code: 'pg-hba-refused',
    values: {
      ...values,
      client,
      subnet,
      line,
      encryption: encrypted ? 'encrypted' : 'plain',
      rejected: /^pg_hba\.conf rejects/.test(error.message) ? 'yes' : 'no',
    },
    detail: words(error),
    fixes: hbaFixes(line, context.hbaFile),
  };
}

/** The line to add and how to have it taken up. Where the file is, is told when it is known, else how to find out. */
export function hbaFixes(line: string, hbaFile: string | undefined): Fix[] {
  return [
    {
      kind: 'paste',
      title: { key: 'connecting.fix.hba-line' },
      language: 'config',
      where:
        hbaFile === undefined
          ? { key: 'connecting.where.hba-unknown' }
          : { key: 'connecting.where.hba-file', values: { path: hbaFile } },
      snippet: line,
      why: { key: 'connecting.fix.hba-line.why' },
    },
    {
      kind: 'paste',
      title: { key: 'connecting.fix.hba-reload' },
      language: 'sql',
      where: { key: 'connecting.where.superuser' },
      snippet: hbaFile === undefined ? 'SHOW hba_file;\nSELECT pg_reload_conf();' : 'SELECT pg_reload_conf();',
      why: { key: 'connecting.fix.hba-reload.why' },
    },
  ];
}

function hbaLine(entry: {
  user: string;
  database: string;
  subnet: string;
  encrypted: boolean;
  method: string;
}): string {
  const type = entry.encrypted ? 'hostssl' : 'host';
  return `${type} ${hbaName(entry.database)} ${hbaName(entry.user)} ${entry.subnet} ${entry.method}`;
}

function localLine(user: string, database: string, method: string): string {
  return `local ${hbaName(database)} ${hbaName(user)} ${method}`;
}

/** A name as pg_hba.conf reads it: keywords, lists, groups, patterns and spaces lose their meaning in quotation marks. */
export function hbaName(name: string): string {
  const plain = /^[a-z_][a-z0-9_-]*$/i.test(name) && !/^(all|sameuser|samerole|samegroup|replication)$/i.test(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * The network that the client's address will probably stay in: containers and DHCP clients get another address next time. Docker gives
 * out /16 networks from 172.16.0.0/12; home networks are /24. Loopback and public addresses stay alone.
 */
export function subnetOf(address: string): string {
  if (isIPv4(address)) {
    const [a = '', b = '', c = ''] = address.split('.');
    if (a === '172' && Number(b) >= 16 && Number(b) <= 31) return `172.${b}.0.0/16`;
    if (a === '10') return `10.${b}.${c}.0/24`;
    if (a === '192' && b === '168') return `192.168.${c}.0/24`;
    // Shared address space (RFC 6598): what Tailscale and provider NAT give out, one address for each device.
    return `${address}/32`;
  }
  if (/^f[cd]/i.test(address)) return `${firstGroups(address, 4)}::/64`;
  return `${address}/128`;
}

/** The first groups of an IPv6 address, written out. */
function firstGroups(address: string, count: number): string {
  const [head = '', tail = ''] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const middle = address.includes('::') ? new Array<string>(8 - front.length - back.length).fill('0') : [];
  return [...front, ...middle, ...back].slice(0, count).join(':');
}

/** Whether an address lies in a network like `172.18.0.0/16`. What is no network holds nothing. */
export function isInSubnet(address: string, subnet: string): boolean {
  const [network = '', prefix] = subnet.split('/');
  const family = isIPv4(network) ? 'ipv4' : isIPv6(network) ? 'ipv6' : undefined;
  const own = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  const bits = Number(prefix);
  if (family === undefined || family !== own || !Number.isInteger(bits) || bits < 0) return false;
  if (bits > (family === 'ipv4' ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, family);
}
