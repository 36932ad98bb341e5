import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { quoteIdentifier } from '../sql/quoting.ts';
import { countOf } from './amounts.ts';
import type { Check, CheckContext } from './check.ts';
import { settingInPortal } from './portals.ts';
import { isManaged, sqlToPaste } from './remedies.ts';

/** The server's pool opens up to this many. */
const needed = 20;

/** Room for the server's connections beside everybody else's. */
export const connections: Check = {
  id: 'connections',
  // PGlite has one session, which its socket shares out.
  applicable: ({ kind }) => kind !== 'practice',
  run(context) {
    const { facts } = context;
    const base = { title: text('check.connections.title'), why: text('check.connections.why', { needed }) };
    const max = countOf(facts, 'max_connections');
    if (max === undefined || facts.connections === undefined) {
      return { ...base, status: 'skipped', evidence: text('check.not-told'), fixes: [] };
    }
    const reserved = facts.role.superuser
      ? 0
      : (countOf(facts, 'superuser_reserved_connections') ?? 0) + (countOf(facts, 'reserved_connections') ?? 0);
    const values = { used: facts.connections.all, max, reserved, needed };
    // Own limits of the role and the database; a superuser has none.
    const roleLimit = facts.role.superuser ? -1 : facts.role.connectionLimit;
    const databaseLimit = facts.role.superuser ? -1 : facts.database.connectionLimit;
    if (roleLimit >= 0 && roleLimit < needed) {
      const evidence = text('check.connections.role-limit', { ...values, limit: roleLimit, role: facts.server.user });
      const statement = `ALTER ROLE ${quoteIdentifier(facts.server.user)} CONNECTION LIMIT ${needed + 10};`;
      return {
        ...base,
        status: 'warn',
        evidence,
        fixes: [sqlToPaste(text('fix.raise-limit.title'), statement, context)],
      };
    }
    if (databaseLimit >= 0 && databaseLimit < needed) {
      const evidence = text('check.connections.database-limit', {
        ...values,
        limit: databaseLimit,
        database: facts.server.database,
      });
      const statement = `ALTER DATABASE ${quoteIdentifier(facts.server.database)} CONNECTION LIMIT ${needed + 10};`;
      return {
        ...base,
        status: 'warn',
        evidence,
        fixes: [sqlToPaste(text('fix.raise-limit.title'), statement, context)],
      };
    }
    // This check's own connection is gone by the time that the server starts.
    const free = max - reserved - facts.connections.all + 1;
    if (free < needed) {
      const evidence = text('check.connections.few', { ...values, free: Math.max(free, 0) });
      return { ...base, status: 'warn', evidence, fixes: raiseMaximum(context, max) };
    }
    return { ...base, status: 'pass', evidence: text('check.connections.good', values), fixes: [] };
  },
};

function raiseMaximum(context: CheckContext, max: number): Fix[] {
  const wanted = Math.max(100, max + 50);
  if (isManaged(context)) return [settingInPortal('max_connections', String(wanted), context)];
  const statement = `ALTER SYSTEM SET max_connections = ${wanted};`;
  return [sqlToPaste(text('fix.raise-max-connections.title'), statement, context, text('fix.needs-restart'))];
}
