import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { Check, CheckContext } from './check.ts';

/** A pooler in between: fine for questions, not for migrations, dumps and restores. */
export const pooler: Check = {
  id: 'pooler',
  applicable: ({ kind }) => kind !== 'practice',
  run(context) {
    const { server, facts, address } = context;
    const base = { title: text('check.pooler.title'), why: text('check.pooler.why') };
    if (server.pooler === undefined) return { ...base, status: 'pass', evidence: text('check.pooler.none'), fixes: [] };
    const values = { pooler: poolerNames[server.pooler], host: address.host, port: String(address.port) };
    const evidence = text(facts.sessionChanged ? 'check.pooler.transaction' : 'check.pooler.found', values);
    return { ...base, status: 'warn', evidence, fixes: otherAddresses(context) };
  },
};

const poolerNames = {
  pgbouncer: 'PgBouncer',
  supavisor: 'Supavisor',
  neon: 'PgBouncer (Neon)',
  unknown: 'unknown',
} as const;

function otherAddresses({ server }: CheckContext): Fix[] {
  const direct: Fix = {
    kind: 'setting',
    id: 'use-direct-address',
    title: text('fix.use-direct-address.title'),
    why: text('fix.use-direct-address.why'),
  };
  if (server.pooler !== 'supavisor') return [direct];
  const session: Fix = {
    kind: 'setting',
    id: 'use-session-pooler',
    title: text('fix.use-session-pooler.title'),
    why: text('fix.use-session-pooler.why'),
  };
  // Supabase's direct address has IPv6 only, so the session pooler is the one that works everywhere.
  return [session, direct];
}
