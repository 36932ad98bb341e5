import type { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, rootCertificates, type TLSSocket } from 'node:tls';
import type { CertificateView, DatabaseAddress } from '../../contract/connection.ts';
import type { Dial } from './dial.ts';
import { asksForTls, startTls, tolerateLateErrors } from './postgres/negotiate.ts';
import { targetOf } from './postgres/options.ts';

/** What a server showed when it was asked for TLS and nothing else. */
export type TlsSeen = {
  protocol: string;
  cipher: string;
  /** Leaf first. */
  chain: X509Certificate[];
  /** OpenSSL's verdict on the chain, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`; undefined when it leads to a trusted root. Says nothing of names. */
  chainError: (Error & { code: string }) | undefined;
};

/**
 * The certificates of a server, whether or not they are trusted: a short connection of its own that asks for TLS, shakes hands and
 * hangs up. No user name and no password is sent. Undefined when the server has no TLS (or is reached through a Unix socket).
 *
 * `ca` is what the chain is judged against; without it the certificate authorities that come with Node (Mozilla's list).
 */
export async function lookAtTls(
  dial: Dial,
  address: DatabaseAddress,
  trust: { ca: string | undefined; serverName: string | undefined },
  signal: AbortSignal,
): Promise<TlsSeen | undefined> {
  const target = targetOf(address);
  if ('socketPath' in target) return undefined;
  const stream = tolerateLateErrors(await dial(target, signal));
  try {
    const place = { ...address, user: '', database: '' };
    if (!(await asksForTls(stream, place, signal))) return undefined;
    const options: ConnectionOptions = {
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ca: trust.ca === undefined ? [...rootCertificates] : trust.ca,
      ...(trust.serverName === undefined ? {} : { servername: trust.serverName }),
    };
    const socket = await startTls(stream, options, signal);
    // The type says Error; Node gives OpenSSL's name for the reason.
    const code = socket.authorizationError as unknown as string | null;
    return {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher().name,
      chain: chainOf(socket),
      chainError: code ? Object.assign(new Error(code), { code }) : undefined,
    };
  } finally {
    stream.destroy();
  }
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  // The root is its own issuer.
  while (
    next !== undefined &&
    !chain.some((known) => known.fingerprint256 === next?.fingerprint256) &&
    chain.length < 16
  ) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** A certificate as it is shown. */
export function viewCertificate(certificate: X509Certificate): CertificateView {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
    selfSigned: certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey),
    certificateAuthority: certificate.ca,
    pem: certificate.toString(),
  };
}

/** `CN=db.lan, O=Home`: most specific first, as other programs print it. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ');
}

/** Names and addresses that a certificate is valid for; the common name counts only where there are none. */
export function namesOf(certificate: X509Certificate): string[] {
  const listed = alternativeNames(certificate);
  const all = [...listed.dns, ...listed.ip];
  return all.length > 0 ? all : commonNames(certificate);
}

export function alternativeNames(certificate: X509Certificate): { dns: string[]; ip: string[] } {
  const parts = (certificate.subjectAltName ?? '').split(', ');
  const of = (kind: string) => parts.filter((part) => part.startsWith(kind)).map((part) => part.slice(kind.length));
  return { dns: of('DNS:'), ip: of('IP Address:') };
}

export function commonNames(certificate: X509Certificate): string[] {
  return (certificate.subject ?? '')
    .split('\n')
    .filter((part) => part.startsWith('CN='))
    .map((part) => part.slice(3));
}
