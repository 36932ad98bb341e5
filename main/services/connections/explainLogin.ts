import type { Problem } from '../../../contract/problem.ts';
import type { PostgresSession, ReadableDatabase } from '../../adapters/postgres/session.ts';
import { connectionLimitFix, createRoleFix, expiryFix, loginFix } from '../../problems/loginFixes.ts';
import { hbaFixes } from '../../problems/recogniseHba.ts';

type RoleRow = {
  can_login: boolean;
  expired: boolean;
  valid_until: string | null;
  connection_limit: number;
  connections: number;
};

/**
 * Why a role can't log in, asked with an administrator's login: to the role itself PostgreSQL says "password authentication failed"
 * for a wrong password, a missing role and an expired one alike. Undefined when nothing stands in its way but the password.
 */
export async function explainLogin(administrator: ReadableDatabase, user: string): Promise<Problem | undefined> {
  const [role] = await administrator.read<RoleRow>(
    `SELECT r.rolcanlogin AS can_login, coalesce(r.rolvaliduntil < now(), false) AS expired,
            to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS valid_until, r.rolconnlimit AS connection_limit,
            (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS connections
       FROM pg_roles r WHERE r.rolname = $1`,
    [user],
  );
  const place = { host: '', port: 0, user, database: '' };
  if (role === undefined) return { code: 'role-missing', values: place, fixes: [createRoleFix(user)] };
  if (!role.can_login) return { code: 'role-cannot-login', values: place, fixes: [loginFix(user)] };
  if (role.expired) {
    return { code: 'role-expired', values: { ...place, validUntil: role.valid_until ?? '' }, fixes: [expiryFix(user)] };
  }
  if (role.connection_limit >= 0 && role.connections >= role.connection_limit) {
    return {
      code: 'role-connection-limit',
      values: { ...place, limit: role.connection_limit },
      fixes: [connectionLimitFix(user)],
    };
  }
  return undefined;
}

/** What an administrator's session knows better than the refused login could: the role's state, and where pg_hba.conf is. */
export async function explainProblem(problem: Problem, administrator: PostgresSession): Promise<Problem> {
  if (problem.code === 'pg-hba-refused') {
    const [file] = await administrator.readable.read<{ path: string | null }>(
      "SELECT setting AS path FROM pg_settings WHERE name = 'hba_file'",
    );
    const path = file?.path ?? undefined;
    if (path === undefined || path === '') return problem;
    return {
      ...problem,
      values: { ...problem.values, hbaFile: path },
      fixes: hbaFixes(String(problem.values.line), path),
    };
  }
  if (problem.code !== 'password-wrong') return problem;
  const reason = await explainLogin(administrator.readable, String(problem.values.user));
  return reason === undefined
    ? problem
    : { ...reason, values: { ...problem.values, ...reason.values, ...placeIn(problem) } };
}

function placeIn({ values: { host = '', port = 0, user = '', database = '' } }: Problem): Problem['values'] {
  return { host, port, user, database };
}
