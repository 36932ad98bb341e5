import { text } from '../../contract/copy/text.ts';
import { bytesOf, megabyte, sizeText } from './amounts.ts';
import type { Check } from './check.ts';
import { runnable } from './remedies.ts';

const wantedMaintenance = 256 * megabyte;

/** maintenance_work_mem: an HNSW index that doesn't fit into it while it is built takes several times as long. */
export const memoryMaintenance: Check = {
  id: 'memory-maintenance',
  applicable: ({ kind }) => kind !== 'practice',
  run(context) {
    const bytes = bytesOf(context.facts, 'maintenance_work_mem');
    const base = { title: text('check.memory-maintenance.title'), why: text('check.memory-maintenance.why') };
    if (bytes === undefined) return { ...base, status: 'skipped', evidence: text('check.not-told'), fixes: [] };
    const values = { value: sizeText(bytes), wanted: sizeText(wantedMaintenance) };
    if (bytes >= wantedMaintenance) {
      return { ...base, status: 'pass', evidence: text('check.memory-maintenance.good', values), fixes: [] };
    }
    const title = text('fix.set-maintenance-memory.title', values);
    return {
      ...base,
      status: 'warn',
      evidence: text('check.memory-maintenance.small', values),
      fixes: runnable('set-maintenance-memory', title, context, text('fix.set-maintenance-memory.why')),
    };
  },
};
