import type { Problem } from '../problem.ts';
import { say, type TextKey } from './text.ts';

/** A problem in words: one sentence that names it, its cause, what to do. The test of the catalogue proves that every code has all three. */
export function problemText(problem: Problem): { title: string; cause: string; next: string } {
  const part = (name: 'title' | 'cause' | 'next') =>
    say({ key: `problem.${problem.code}.${name}` as TextKey, values: problem.values });
  return { title: part('title'), cause: part('cause'), next: part('next') };
}
