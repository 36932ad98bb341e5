import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { quoteIdentifier } from '../sql/quoting.ts';
import { foreignRelations } from './aperturesTables.ts';
import type { Check, CheckContext } from './check.ts';
import { sqlToPaste } from './remedies.ts';

/** Nobody else's tables: restores and moves work on the whole database. */
export const databaseDedicated: Check = {
  id: 'database-dedicated',
  applicable: () => true,
  run(context) {
    const { facts } = context;
    const base = { title: text('check.database-dedicated.title'), why: text('check.database-dedicated.why') };
    const { database } = facts.server;
    const found = foreignRelations(facts);
    if (found === undefined) {
      return { ...base, status: 'skipped', evidence: text('check.not-told'), fixes: [] };
    }
    const names = (relations: { schema: string; name: string }[]) =>
      relations
        .slice(0, 3)
        .map((each) => `${each.schema}.${each.name}`)
        .join(', ');
    if (found.clashing.length > 0) {
      const values = { count: found.clashing.length, names: names(found.clashing), database };
      return {
        ...base,
        status: 'fail',
        evidence: text('check.database-dedicated.clash', values),
        fixes: [ownDatabase(context)],
      };
    }
    if (found.foreign.length > 0) {
      const values = { count: found.foreign.length, names: names(found.foreign), database };
      return {
        ...base,
        status: 'warn',
        evidence: text('check.database-dedicated.shared', values),
        fixes: [ownDatabase(context)],
      };
    }
    const evidence =
      facts.ledgerPlace === null
        ? text('check.database-dedicated.empty', { database })
        : text('check.database-dedicated.aperture', { database, applied: facts.ledger?.applied ?? 0 });
    return { ...base, status: 'pass', evidence, fixes: [] };
  },
};

function ownDatabase(context: CheckContext): Fix {
  const { server } = context.facts;
  const name = server.database === 'aperture' ? 'aperture_app' : 'aperture';
  const create = `CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(server.user)} ENCODING 'UTF8' TEMPLATE template0;`;
  return sqlToPaste(text('fix.new-database.title'), create, context, text('fix.new-database.dedicated', { name }));
}
