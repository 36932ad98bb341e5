import { createTwoFilesPatch, OMIT_HEADERS } from 'diff';

/** What would change, as `diff -u` writes it; empty when nothing would. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(path, path, before, after, undefined, undefined, { headerOptions: OMIT_HEADERS });
  return `--- ${path}\n+++ ${path}\n${patch}`;
}
