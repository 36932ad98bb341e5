import { text } from '../../contract/copy/text.ts';
import { quoteIdentifier } from '../sql/quoting.ts';
import type { Check } from './check.ts';
import { sqlToPaste } from './remedies.ts';

/** UTF8: titles and names come in every script. The encoding of a database can't be changed, only chosen anew. */
export const encoding: Check = {
  id: 'encoding',
  applicable: () => true,
  run(context) {
    const { database, server } = context.facts;
    const base = { title: text('check.encoding.title'), why: text('check.encoding.why') };
    if (database.encoding === 'UTF8')
      return { ...base, status: 'pass', evidence: text('check.encoding.good'), fixes: [] };
    const create = `CREATE DATABASE ${quoteIdentifier(`${server.database}_utf8`)} OWNER ${quoteIdentifier(server.user)}\n  ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C';`;
    return {
      ...base,
      status: 'fail',
      evidence: text('check.encoding.other', { encoding: database.encoding }),
      fixes: [sqlToPaste(text('fix.new-database.title'), create, context, text('fix.new-database.encoding'))],
    };
  },
};
