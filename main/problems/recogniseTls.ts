import type { PeerCertificate } from 'node:tls';
import type { Fix } from '../../contract/fix.ts';
import type { Problem } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';

const trust: Fix = { kind: 'setting', id: 'trust-certificate', title: { key: 'connecting.fix.trust-certificate' } };

/** What a server answers to a client certificate that it doesn't take. */
const clientCertificateAlert =
  /ALERT_(UNKNOWN_CA|(BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN)|ACCESS_DENIED|DECRYPT_ERROR)/;

/** What OpenSSL says of a certificate, and TLS alerts of the server, by code. https://docs.openssl.org/3.0/man1/openssl-verification-options/ */
export function recogniseTls(error: Error, context: Context): Problem | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const values = placeOf(context);
  const detail = error.message;
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return { code: 'tls-self-signed', values, detail, fixes: [trust] };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_UNTRUSTED':
    case 'CERT_REJECTED':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_CHAIN_TOO_LONG':
    case 'CERT_REVOKED':
    case 'INVALID_CA':
    case 'INVALID_PURPOSE':
    case 'PATH_LENGTH_EXCEEDED':
      return { code: 'tls-untrusted', values: { ...values, reason: detail }, detail, fixes: [trust] };
    case 'CERT_HAS_EXPIRED':
      return { code: 'tls-expired', values, detail };
    case 'CERT_NOT_YET_VALID':
      return { code: 'tls-not-yet-valid', values, detail };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        code: 'tls-wrong-name',
        values: { ...values, expected: context.serverName ?? context.host ?? '', names: namesIn(error) },
        detail,
      };
  }
  // Alerts: TLS 1.3 sends those about the client's certificate after the handshake, so they may arrive at the login.
  if (code.includes('ALERT_CERTIFICATE_REQUIRED')) return { code: 'tls-client-certificate-required', values, detail };
  if (clientCertificateAlert.test(code)) {
    return { code: 'tls-client-certificate-invalid', values, detail };
  }
  if (/^ERR_OSSL_(PEM|X509|EVP|ASN1)|^ERR_OSSL_CRYPTO|KEY_VALUES_MISMATCH/.test(code)) {
    return { code: 'tls-client-certificate-invalid', values, detail };
  }
  if (code === 'EPROTO' || /^ERR_SSL_|^ERR_TLS_/.test(code)) return { code: 'tls-handshake-failed', values, detail };
  if (context.phase === 'tls' && /^(ECONNRESET|EPIPE)$/.test(code))
    return { code: 'tls-handshake-failed', values, detail };
  return undefined;
}

/** "db.lan, 10.0.0.5" from a host name mismatch. */
function namesIn(error: Error): string {
  const certificate = 'cert' in error ? (error.cert as Partial<PeerCertificate> | undefined) : undefined;
  const listed = certificate?.subjectaltname
    ?.split(', ')
    .map((name) => name.replace(/^(DNS|IP Address|URI|email):/, ''));
  const common = certificate?.subject?.CN;
  return (listed ?? (common === undefined ? [] : [common].flat())).join(', ');
}
