import type { Fix } from '../../contract/fix.ts';
import type { Problem } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';
import {
  connectionLimitFix,
  createDatabaseFix,
  createRoleFix,
  databaseLimitFix,
  enterPassword,
  loginFix,
} from './loginFixes.ts';
import { quoted, type ServerError, unquoted, words } from './serverError.ts';

/** Refusals between the start-up packet and the first statement. */
export function recogniseLogin(error: ServerError, context: Context): Problem | undefined {
  const values = placeOf(context);
  const detail = words(error);
  // While logging in, the names are the ones that were sent; a message can't be taken apart when a name has quotes in it.
  const said = context.phase === 'query' ? quoted(error.message)[0] : undefined;
  const user = String(values.user);
  const database = said ?? String(values.database);
  const problem = (code: Problem['code'], more: Problem['values'] = {}, fixes: Fix[] = []): Problem => ({
    code,
    values: { ...values, ...more },
    detail,
    ...(fixes.length === 0 ? {} : { fixes }),
  });

  switch (error.code) {
    case '28P01':
      return problem('password-wrong', {}, [enterPassword]);
    case '28000':
      return recogniseRefusedRole(error, user, context.authenticated === true, problem);
    case '3D000':
      return problem('database-missing', { database }, [createDatabaseFix(database, user)]);
    case '53300':
      return recogniseLimit(error, user, database, problem);
    case '57P03':
      if (/shutting down/i.test(error.message)) return problem('server-stopping');
      // "not accepting connections", detail "Hot standby mode is disabled.": a standby that never will.
      if (/hot standby/i.test(error.detail ?? '')) return problem('server-in-recovery');
      return problem('server-starting');
    case '55000':
      return /not currently accepting connections/.test(error.message)
        ? problem('database-missing', { database })
        : undefined;
    default:
      return undefined;
  }
}

type Make = (code: Problem['code'], more?: Problem['values'], fixes?: Fix[]) => Problem;

/**
 * 28000. A role that doesn't exist is told only where no password is asked for; with a password PostgreSQL says 28P01 for
 * a missing role, an expired one and a wrong password alike, so that nobody can try out names.
 */
function recogniseRefusedRole(error: ServerError, user: string, authenticated: boolean, problem: Make): Problem {
  if (error.routine === 'InitializeSessionUserId') {
    return authenticated || /log in/.test(error.message)
      ? problem('role-cannot-login', {}, [loginFix(user)])
      : problem('role-missing', {}, [createRoleFix(user)]);
  }
  const method = /\b(peer|ident|certificate|gssapi|sspi|ldap|pam|radius|bsd|oauth)\b/i
    .exec(unquoted(error.message))?.[1]
    ?.toLowerCase();
  if (method === 'peer' || method === 'ident') return problem('peer-authentication-failed', { method });
  if (method === 'certificate') return problem('tls-client-certificate-invalid');
  if (method === 'ldap' || method === 'pam' || method === 'radius' || method === 'bsd')
    return problem('password-wrong', {}, [enterPassword]);
  return problem('authentication-method-unsupported', { method: method ?? error.message });
}

function recogniseLimit(error: ServerError, user: string, database: string, problem: Make): Problem {
  const routine = error.routine ?? '';
  if (routine === 'InitializeSessionUserId' || /for role "/.test(error.message)) {
    return problem('role-connection-limit', {}, [connectionLimitFix(user)]);
  }
  if (routine === 'CheckMyDatabase' || /for database "/.test(error.message)) {
    return problem('database-connection-limit', {}, [databaseLimitFix(database)]);
  }
  return problem('server-connection-limit');
}
