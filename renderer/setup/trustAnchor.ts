import type { CertificateView } from '../../contract/connection.ts';

/**
 * The certificate to trust so that this chain verifies: the highest one that signed itself. Undefined when the server sent none, as
 * when it leaves its root away: OpenSSL (and with it PostgreSQL's tools and the server's driver) verifies up to a root only, so
 * that trusting an authority below it would not help. Then the root's own file does.
 */
export function trustAnchor(chain: readonly CertificateView[]): CertificateView | undefined {
  return chain.findLast((certificate) => certificate.selfSigned);
}
