import { text } from '../../contract/copy/text.ts';
import { bytesOf, megabyte, sizeText } from './amounts.ts';
import type { Check } from './check.ts';
import { changeSystemSetting } from './systemSetting.ts';

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
      return { ...base, status: 'warn', evidence, fixes: changeSystemSetting(context, 'work_mem', '4MB', false) };
    }
    const bearable = kilobytes ? bytes * 20 <= kilobytes * 1024 * 0.5 : bytes <= mostWorkMem;
    if (!bearable) {
      const evidence = text('check.memory-work-mem.large', values);
      return { ...base, status: 'warn', evidence, fixes: changeSystemSetting(context, 'work_mem', '16MB', false) };
    }
    return { ...base, status: 'pass', evidence: text('check.memory-work-mem.good', values), fixes: [] };
  },
};
