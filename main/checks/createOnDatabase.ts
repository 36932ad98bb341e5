import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';
import { runnable } from './remedies.ts';

/** CREATE on the database: to enable trusted extensions. Without it, everything must have been enabled beforehand. */
export const createOnDatabase: Check = {
  id: 'create-on-database',
  applicable: () => true,
  run(context) {
    const { database, installed, server } = context.facts;
    const base = { title: text('check.create-on-database.title'), why: text('check.create-on-database.why') };
    const values = { role: server.user, database: server.database };
    if (database.mayCreate) {
      return { ...base, status: 'pass', evidence: text('check.create-on-database.good', values), fixes: [] };
    }
    const complete = ['vector', 'pgcrypto', 'pg_trgm'].every((name) => installed.some((each) => each.name === name));
    return {
      ...base,
      status: complete ? 'warn' : 'fail',
      evidence: text(complete ? 'check.create-on-database.later' : 'check.create-on-database.missing', values),
      fixes: runnable('grant-create-on-database', text('fix.grant-create-on-database.title', values), context),
    };
  },
};
