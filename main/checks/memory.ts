import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { bytesOf, megabyte, sizeText } from './amounts.ts';
import type { Check, CheckContext } from './check.ts';
import { settingInPortal } from './portals.ts';
import { isManaged, runnable, sqlToPaste } from './remedies.ts';

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
      return { ...base, status: 'warn', evidence, fixes: system(context, 'shared_buffers', '256MB', true) };
    }
    const known = kilobytes ? 'check.memory-shared-buffers.of-memory' : 'check.memory-shared-buffers.good';
    return { ...base, status: 'pass', evidence: text(known, values), fixes: [] };
  },
};

const leastWorkMem = 4 * megabyte;
/** Each of the server's 20 connections may take it several times over. */
const mostWorkMem = 64 * megabyte;

/** work_mem: per sort and per connection, so that too much of it is as harmful as too little. */
export const memoryWorkMem: Check = {
  id: 'memory-work-mem',
  applicable: ({ kind }) => kind !== 'practice',
  run(context) {
    const bytes = bytesOf(context.facts, 'work_mem');
    const base = { title: text('check.memory-work-mem.title'), why: text('check.memory-work-mem.why') };
    if (bytes === undefined) return { ...base, status: 'skipped', evidence: text('check.not-told'), fixes: [] };
    const kilobytes = context.facts.host?.memoryKilobytes;
    const values = { value: sizeText(bytes), together: sizeText(bytes * 20) };
    if (bytes < leastWorkMem) {
      const evidence = text('check.memory-work-mem.small', values);
      return { ...base, status: 'warn', evidence, fixes: system(context, 'work_mem', '4MB', false) };
    }
    const bearable = kilobytes ? bytes * 20 <= kilobytes * 1024 * 0.5 : bytes <= mostWorkMem;
    if (!bearable) {
      const evidence = text('check.memory-work-mem.large', values);
      return { ...base, status: 'warn', evidence, fixes: system(context, 'work_mem', '16MB', false) };
    }
    return { ...base, status: 'pass', evidence: text('check.memory-work-mem.good', values), fixes: [] };
  },
};

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

function system(context: CheckContext, setting: string, value: string, restart: boolean): Fix[] {
  if (isManaged(context)) return [settingInPortal(setting, value, context)];
  const statements = [`ALTER SYSTEM SET ${setting} = '${value}';`, ...(restart ? [] : ['SELECT pg_reload_conf();'])];
  const title = text('fix.change-setting.title', { setting, value });
  return [sqlToPaste(title, statements.join('\n'), context, restart ? text('fix.needs-restart') : undefined)];
}
