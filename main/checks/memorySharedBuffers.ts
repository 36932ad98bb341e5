import { text } from '../../contract/copy/text.ts';
import { bytesOf, megabyte, sizeText } from './amounts.ts';
import type { Check } from './check.ts';
import { changeSystemSetting } from './systemSetting.ts';

/** PostgreSQL's own default; below it, somebody made it smaller. */
const leastSharedBuffers = 128 * megabyte;

/** shared_buffers: what PostgreSQL keeps in memory of tables and indexes. */
export const memorySharedBuffers: Check = {
  id: 'memory-shared-buffers',
  applicable: ({ kind }) => kind !== 'practice',
  run(context) {
    const bytes = bytesOf(context.facts, 'shared_buffers');
    const base = { title: text('check.memory-shared-buffers.title'), why: text('check.memory-shared-buffers.why') };
    if (bytes === undefined) return { ...base, status: 'skipped', evidence: text('check.not-told'), fixes: [] };
    const kilobytes = context.facts.host?.memoryKilobytes;
    const values = { value: sizeText(bytes), memory: kilobytes ? sizeText(kilobytes * 1024) : '' };
    if (bytes < leastSharedBuffers) {
      const evidence = text('check.memory-shared-buffers.small', values);
      return {
        ...base,
        status: 'warn',
        evidence,
        fixes: changeSystemSetting(context, 'shared_buffers', '256MB', true),
      };
    }
    const known = kilobytes ? 'check.memory-shared-buffers.of-memory' : 'check.memory-shared-buffers.good';
    return { ...base, status: 'pass', evidence: text(known, values), fixes: [] };
  },
};
