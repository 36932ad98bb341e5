import type { Problem, ProblemCode } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';
import { createDatabaseFix, enterPassword } from './loginFixes.ts';
import { quoted, type ServerError, words } from './serverError.ts';

/**
 * What poolers and providers' gateways say for themselves. They have few SQLSTATEs of their own (PgBouncer says 08P01 to most,
 * Supavisor XX000), so their words decide; none of them is ever translated.
 */
const said: { pattern: RegExp; code: ProblemCode }[] = [
  { pattern: /^unsupported startup parameter/, code: 'pooler-refused-option' },
  { pattern: /^unsupported pkt type|^prepared statement .* does not exist/, code: 'pooler-unsuitable' },
  {
    pattern: /^(no such database|database does not allow connections|database ".*" does not exist$)/,
    code: 'database-missing',
  },
  {
    pattern: /^(no such user|role ".*" does not exist$|Tenant or user not found|\(ENOTFOUND\) tenant\/user)/i,
    code: 'role-missing',
  },
  {
    pattern:
      /^(SASL authentication failed|password authentication failed|bouncer config error|Wrong password|auth failed)/i,
    code: 'password-wrong',
  },
  {
    pattern: /^no more connections allowed|^MaxClientsInSessionMode|^max clients reached|too many connections$/i,
    code: 'server-connection-limit',
  },
  { pattern: /^(SSL required|SSL connection is required|connection is insecure)/i, code: 'tls-required-by-server' },
  {
    pattern: /^(query_wait_timeout|server_login_retry|server login has been failing|server conn crashed)/,
    code: 'server-no-answer',
  },
  {
    pattern: /^(pgbouncer is shutting down|the database system is shutting down|pooler is shut down)/i,
    code: 'server-stopping',
  },
  {
    pattern:
      /^(client_idle_timeout|server_idle_timeout|idle_transaction_timeout|query_timeout|server closed the connection)/i,
    code: 'connection-lost',
  },
];

export function recognisePooler(error: ServerError, context: Context): Problem | undefined {
  const ownStates =
    error.code.startsWith('08') || error.code === 'XX000' || error.code === '28000' || error.code === '26000';
  // A real server names the routine that raised it; neither PgBouncer nor the gateways do.
  if (!ownStates || (error.routine !== undefined && error.code !== '26000')) return undefined;
  const match = said.find(({ pattern }) => pattern.test(error.message));
  if (match === undefined) return undefined;
  const values = placeOf(context);
  const option = /startup parameter:?\s*"?([\w.]+)/.exec(error.message)?.[1] ?? '';
  const [name = String(values.database)] = quoted(error.message);
  const fixes =
    match.code === 'database-missing'
      ? [createDatabaseFix(name, String(values.user))]
      : match.code === 'password-wrong'
        ? [enterPassword]
        : match.code === 'tls-required-by-server'
          ? [
              {
                kind: 'setting' as const,
                id: 'use-tls-require' as const,
                title: { key: 'connecting.fix.use-tls-require' as const },
              },
            ]
          : [];
  return {
    code: match.code,
    values: {
      ...values,
      option,
      phase: context.phase ?? 'login',
      seconds: 0,
      ...(match.code === 'database-missing' ? { database: name } : {}),
    },
    detail: words(error),
    ...(fixes.length === 0 ? {} : { fixes }),
  };
}
