import type { Problem } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';

/** Authentication requests by number that the driver can't answer (PostgreSQL protocol, "AuthenticationRequest"). */
const methods: Record<string, string> = { 2: 'Kerberos V5', 6: 'SCM credentials', 7: 'GSSAPI', 8: 'GSSAPI', 9: 'SSPI' };

/** Errors that the PostgreSQL driver makes up by itself: it gives them no code, so the message is all there is. */
export function recogniseDriver(error: Error, context: Context): Problem | undefined {
  const { message } = error;
  const values = placeOf(context);
  const unknownMethod = /^Unknown authenticationOk message type (\d+)$/.exec(message);
  if (unknownMethod !== null) {
    const number = unknownMethod[1] ?? '';
    return {
      code: 'authentication-method-unsupported',
      values: { ...values, method: methods[number] ?? number },
      detail: message,
    };
  }
  if (/^SASL: Only mechanism\(s\)/.test(message)) {
    return { code: 'authentication-method-unsupported', values: { ...values, method: 'SASL' }, detail: message };
  }
  if (/^SASL channel binding:/.test(message))
    return { code: 'channel-binding-unavailable', values: { ...values, offered: '' } };
  if (/^SASL:.*(signature does not match|nonce|iteration count)/.test(message)) {
    // The other side doesn't know the password's verifier: not the server, or somebody in between.
    return { code: 'not-postgres-unknown', values: { ...values, answer: message }, detail: message };
  }
  if (/^Connection terminated/.test(message)) {
    return { code: context.phase === 'query' ? 'connection-lost' : 'connection-reset', values, detail: message };
  }
  if (/not queryable$/.test(message)) return { code: 'connection-lost', values, detail: message };
  if (/^received invalid response/.test(message))
    return { code: 'not-postgres-unknown', values: { ...values, answer: message }, detail: message };
  return undefined;
}
