import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { bytesOf, countOf, settingOf, sizeText } from './amounts.ts';
import type { Check, CheckContext } from './check.ts';
import { containerHint } from './containers.ts';
import { isManaged, runnable } from './remedies.ts';

/**
 * /dev/shm of a database container: parallel index builds put maintenance_work_mem there, and Docker gives 64 MB
 * unless told otherwise. See pgvector issue 453.
 */
export const sharedMemory: Check = {
  id: 'shared-memory',
  applicable: (context) =>
    context.kind !== 'practice' &&
    !isManaged(context) &&
    containerHint(context.facts) !== 'no' &&
    settingOf(context.facts, 'dynamic_shared_memory_type') === 'posix',
  run(context) {
    const { facts } = context;
    const base = { title: text('check.shared-memory.title'), why: text('check.shared-memory.why') };
    const workers = countOf(facts, 'max_parallel_maintenance_workers') ?? 0;
    const needed = bytesOf(facts, 'maintenance_work_mem') ?? 0;
    const kilobytes = facts.host?.sharedMemoryKilobytes;
    const size = kilobytes === undefined || kilobytes === null ? undefined : kilobytes * 1024;
    const values = { size: size === undefined ? '' : sizeText(size), needed: sizeText(needed), workers };
    if (workers === 0)
      return { ...base, status: 'pass', evidence: text('check.shared-memory.unused', values), fixes: [] };
    if (size === undefined) {
      return {
        ...base,
        status: 'warn',
        evidence: text('check.shared-memory.unknown', values),
        fixes: remedies(context),
      };
    }
    // The build needs a little more than the setting itself.
    if (size < needed * 1.25) {
      return { ...base, status: 'warn', evidence: text('check.shared-memory.small', values), fixes: remedies(context) };
    }
    return { ...base, status: 'pass', evidence: text('check.shared-memory.good', values), fixes: [] };
  },
};

function remedies(context: CheckContext): Fix[] {
  const compose: Fix = {
    kind: 'paste',
    title: text('fix.shm-size.title'),
    language: 'yaml',
    where: text('fix.where.compose', { host: context.address.host }),
    snippet: 'services:\n  db:\n    shm_size: 1g',
    why: text('fix.shm-size.why'),
  };
  return [
    compose,
    ...runnable('set-maintenance-memory', text('fix.without-workers.title'), context, text('fix.without-workers.why')),
  ];
}
