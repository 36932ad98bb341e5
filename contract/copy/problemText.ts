import type { Problem, Values } from '../problem.ts';
import { say, type TextKey } from './text.ts';

/** A problem in words: one sentence that names it, its cause, what to do. The test of the catalogue proves that every code has all three. */
export function problemText(problem: Problem): { title: string; cause: string; next: string } {
  const part = (name: 'title' | 'cause' | 'next') =>
    say({ key: `problem.${problem.code}.${name}` as TextKey, values: tolerant(problem.values) });
  return { title: part('title'), cause: part('cause'), next: part('next') };
}

/** Problems are read back from journals of older versions, and a missing value must not keep the rest from being shown. */
function tolerant(values: Values): Values {
  return new Proxy(values, {
    has: () => true,
    get: (target, name) => Reflect.get(target, name) ?? '…',
  });
}
