import type { ProblemCode } from '../../../contract/problem.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { openAddress } from './openAddress.ts';
import type { PostgresOptions } from './options.ts';
import type { PostgresSession } from './session.ts';
import { unsuitable } from './sessionAttributes.ts';

export type { PostgresOptions } from './options.ts';

/** A server that said no by itself: the others of a list would, too. libpq stops here as well. */
const final = new Set<ProblemCode>([
  'cancelled',
  'password-wrong',
  'password-required',
  'password-empty',
  'role-missing',
  'role-cannot-login',
  'role-expired',
  'database-missing',
  'pg-hba-refused',
  'authentication-method-unsupported',
  'peer-authentication-failed',
  'channel-binding-unavailable',
  'permission-denied',
  'tls-plain-needs-consent',
]);

/**
 * Logs in at the first of the addresses that answers and is what `targetSessionAttrs` asks for, as libpq does: the next one is
 * tried when one can't be reached or isn't suitable, not when it refuses the login. Rejects with the last address's problem.
 *
 * `dial` brings the byte stream: directly or through SSH. TLS is negotiated here, with the meaning that libpq gives to each mode;
 * `prefer` never goes on unencrypted without `plainAccepted`.
 */
export async function connectPostgres(options: PostgresOptions): Promise<PostgresSession> {
  const wanted = options.settings.targetSessionAttrs;
  const passes = wanted === 'prefer-standby' ? (['standby', 'any'] as const) : ([wanted] as const);
  let problem: unknown;
  for (const attribute of passes) {
    for (const address of options.settings.hosts) {
      try {
        const session = await openAddress(options, address);
        if (attribute === 'any') return session;
        const code = await unsuitable(session, attribute).catch(async (error: unknown) => {
          await session.close();
          throw error;
        });
        if (code === undefined) return session;
        await session.close();
        problem = new ProblemError(code, { ...address, user: session.user, database: session.database, wanted });
      } catch (error) {
        problem = error;
        if (error instanceof ProblemError && final.has(error.problem.code)) throw error;
      }
    }
  }
  throw problem;
}
