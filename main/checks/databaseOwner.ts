import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';
import { runnable } from './remedies.ts';

/** Ownership is what gives rights on schema public (15+), trusted extensions and later maintenance. */
export const databaseOwner: Check = {
  id: 'database-owner',
  applicable: () => true,
  run(context) {
    const { database, role, server } = context.facts;
    const base = { title: text('check.database-owner.title'), why: text('check.database-owner.why') };
    const values = { role: server.user, owner: database.owner, database: server.database };
    if (database.owner === server.user) {
      return { ...base, status: 'pass', evidence: text('check.database-owner.owner', values), fixes: [] };
    }
    if (role.superuser) {
      return { ...base, status: 'pass', evidence: text('check.database-owner.superuser', values), fixes: [] };
    }
    if (database.owned) {
      return { ...base, status: 'pass', evidence: text('check.database-owner.member', values), fixes: [] };
    }
    return {
      ...base,
      status: 'warn',
      evidence: text('check.database-owner.other', values),
      fixes: runnable('make-owner', text('fix.make-owner.title', values), context),
    };
  },
};
