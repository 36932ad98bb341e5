import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';
import { runnable } from './remedies.ts';

/** Indexes on text were sorted by one version of the system's collation and are read by another. */
export const collation: Check = {
  id: 'collation',
  applicable: ({ kind }) => kind !== 'practice',
  run(context) {
    const { facts } = context;
    const base = { title: text('check.collation.title'), why: text('check.collation.why') };
    const { collate } = facts.database;
    if (facts.collation === undefined) {
      return { ...base, status: 'skipped', evidence: text('check.collation.unknown', { collate }), fixes: [] };
    }
    const { recorded, actual } = facts.collation;
    if (recorded === null || actual === null) {
      return { ...base, status: 'pass', evidence: text('check.collation.unversioned', { collate }), fixes: [] };
    }
    const values = { collate, recorded, actual };
    if (recorded === actual)
      return { ...base, status: 'pass', evidence: text('check.collation.good', values), fixes: [] };
    return {
      ...base,
      status: 'warn',
      evidence: text('check.collation.changed', values),
      fixes: runnable(
        'refresh-collation-version',
        text('fix.refresh-collation-version.title'),
        context,
        text('fix.refresh-collation-version.why'),
      ),
    };
  },
};
