import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';
import { runnable } from './remedies.ts';

/** Where the server's tables go: in public, or where they already are. */
export const searchPath: Check = {
  id: 'search-path',
  applicable: () => true,
  run(context) {
    const { schemas, ledgerPlace } = context.facts;
    const base = { title: text('check.search-path.title'), why: text('check.search-path.why') };
    const expected = ledgerPlace?.schema ?? 'public';
    const values = { searchPath: schemas.searchPath, schema: schemas.creationSchema ?? '', expected };
    if (schemas.creationSchema === expected) {
      return { ...base, status: 'pass', evidence: text('check.search-path.good', values), fixes: [] };
    }
    // With the tables in a schema of their own, pointing the path at public would hide them.
    const fixes = expected === 'public' ? runnable('set-search-path', text('fix.set-search-path.title'), context) : [];
    if (schemas.creationSchema === null) {
      return { ...base, status: 'fail', evidence: text('check.search-path.nowhere', values), fixes };
    }
    const status = ledgerPlace === null ? 'warn' : 'fail';
    return { ...base, status, evidence: text('check.search-path.elsewhere', values), fixes };
  },
};
