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
import { quoted, type ServerError, words } from './serverError.ts';

/** Refusals between the start-up packet and the first statement. */
export function recogniseLogin(error: ServerError, context: Context): Problem | undefined {
  const values = placeOf(context);
  const detail = words(error);
  const [name] = quoted(error.message);
  const user = String(values.user);
  const database = String(values.database);
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
      return recogniseRefusedRole(error, user, problem);
    case '3D000':
      return problem('database-missing', { database: name ?? database }, [createDatabaseFix(name ?? database, user)]);
    case '53300':
      return recogniseLimit(error, user, database, problem);
    case '57P03':
      if (/shutting down/i.test(error.message)) return problem('server-stopping');
      // "not accepting connections", detail "Hot standby mode is disabled.": a standby that never will.
      if (/hot standby/i.test(error.detail ?? '')) return problem('server-in-recovery');
      return problem('server-starting');
    case '55000':
      return /not currently accepting connections/.test(error.message)
        ? problem('database-missing', { database: name ?? database })
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
function recogniseRefusedRole(error: ServerError, user: string, problem: Make): Problem {
  const [name = user] = quoted(error.message);
  if (error.routine === 'InitializeSessionUserId') {
    const told = error.message.toLowerCase();
    // Translations keep the routine only; "not permitted to log in" then reads like a missing role, and is told as one.
    return told.includes('log in')
      ? problem('role-cannot-login', { user: name }, [loginFix(name)])
      : problem('role-missing', { user: name }, [createRoleFix(name)]);
  }
  const method = /^(peer|ident|certificate|gssapi|sspi|ldap|pam|radius|bsd|oauth|trust)\b/i
    .exec(error.message)?.[1]
    ?.toLowerCase();
  if (method === 'peer' || method === 'ident') return problem('peer-authentication-failed', { user: name, method });
  if (method === 'certificate') return problem('tls-client-certificate-invalid', { user: name });
  if (method === 'ldap' || method === 'pam' || method === 'radius' || method === 'bsd')
    return problem('password-wrong', { user: name }, [enterPassword]);
  return problem('authentication-method-unsupported', { user: name, method: method ?? error.message });
}

function recogniseLimit(error: ServerError, user: string, database: string, problem: Make): Problem {
  const [name] = quoted(error.message);
  const routine = error.routine ?? '';
  if (routine === 'InitializeSessionUserId' || /for role/.test(error.message)) {
    return problem('role-connection-limit', { user: name ?? user }, [connectionLimitFix(name ?? user)]);
  }
  if (routine === 'CheckMyDatabase' || /for database/.test(error.message)) {
    return problem('database-connection-limit', { database: name ?? database }, [databaseLimitFix(name ?? database)]);
  }
  return problem('server-connection-limit');
}
