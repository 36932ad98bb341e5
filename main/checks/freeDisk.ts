import { text } from '../../contract/copy/text.ts';
import { sizeText } from './amounts.ts';
import type { Check } from './check.ts';

/** PostgreSQL has no question for it; said here is what will be needed, so that it can be looked up where the disk is. */
export const freeDisk: Check = {
  id: 'free-disk',
  applicable: ({ kind, facts }) => kind !== 'practice' && facts.size !== undefined,
  run({ facts }) {
    const bytes = facts.size?.bytes ?? 0;
    // An index rebuild makes the new one beside the old; a dump is at most about as large as the database.
    const values = { size: sizeText(bytes), dump: sizeText(bytes), rebuild: sizeText(bytes) };
    return {
      status: 'skipped',
      title: text('check.free-disk.title'),
      evidence: text('check.free-disk.unknown', values),
      why: text('check.free-disk.why'),
      fixes: [],
    };
  },
};
