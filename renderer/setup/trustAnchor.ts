import type { CertificateView } from '../../contract/connection.ts';

/**
 * The certificate to trust so that this chain verifies: the highest authority that the server sent, or the certificate itself when
 * it signed itself. Undefined when the server sent neither; then only the authority's own file helps.
 */
export function trustAnchor(chain: readonly CertificateView[]): CertificateView | undefined {
  const authority = chain.findLast((certificate) => certificate.certificateAuthority);
  return authority ?? chain.findLast((certificate) => certificate.selfSigned);
}
