import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';
import { forAdministrator, runnable } from './remedies.ts';

/** CREATE on schema public: since PostgreSQL 15 no longer everybody's. */
export const createOnSchema: Check = {
  id: 'create-on-schema',
  applicable: () => true,
  run(context) {
    const { publicSchema, server } = context.facts;
    const base = { title: text('check.create-on-schema.title'), why: text('check.create-on-schema.why') };
    const values = { role: server.user, database: server.database, owner: publicSchema.owner ?? '' };
    if (!publicSchema.exists) {
      const fixes = [forAdministrator(['CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION pg_database_owner'], context)];
      return { ...base, status: 'fail', evidence: text('check.create-on-schema.no-schema', values), fixes };
    }
    if (publicSchema.mayCreate && publicSchema.mayUse) {
      return { ...base, status: 'pass', evidence: text('check.create-on-schema.good', values), fixes: [] };
    }
    return {
      ...base,
      status: 'fail',
      evidence: text('check.create-on-schema.missing', values),
      fixes: runnable('grant-create-on-schema', text('fix.grant-create-on-schema.title', values), context),
    };
  },
};
