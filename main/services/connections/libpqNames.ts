import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { alternativeNames, commonNames } from '../../adapters/certificates.ts';

/**
 * Whether libpq (15 and newer) takes a certificate for this host under verify-full: alternative names first, of the host's own kind;
 * the common name where there is none of that kind; `*` stands for exactly one leading label. Differs from Node, which never takes
 * an IP address from the common name. https://www.postgresql.org/docs/current/libpq-ssl.html#LIBQ-SSL-CERTIFICATES
 */
export function libpqAcceptsName(certificate: X509Certificate, host: string): boolean {
  const { dns, ip } = alternativeNames(certificate);
  if (isIP(host) === 0) return (dns.length > 0 ? dns : commonNames(certificate)).some((name) => matches(name, host));
  const plain = (address: string) => address.toLowerCase();
  if (ip.some((address) => sameAddress(plain(address), plain(host)))) return true;
  // Addresses written as names are taken too, for certificates from before there was another way.
  if (dns.includes(host)) return true;
  return ip.length === 0 && commonNames(certificate).includes(host);
}

function matches(pattern: string, host: string): boolean {
  const wanted = host.toLowerCase();
  const name = pattern.toLowerCase();
  if (name === wanted) return true;
  if (!name.startsWith('*.')) return false;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === name.slice(1);
}

/** OpenSSL prints IPv6 addresses uncompressed (`0:0:0:0:0:0:0:1`). */
function sameAddress(one: string, other: string): boolean {
  return one === other || (one.includes(':') && other.includes(':') && groups(one) === groups(other));
}

function groups(address: string): string {
  const [head = '', tail] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return [...front, ...middle, ...back].map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
