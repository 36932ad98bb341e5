import { say, type TextKey } from '../contract/copy/text.ts';
import type { Values } from '../contract/problem.ts';

/** A statement of the catalogue in words. */
export function words(key: TextKey, values?: Values): string {
  return say(values === undefined ? { key } : { key, values });
}
