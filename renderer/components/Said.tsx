import { Fragment } from 'react';
import type { Text } from '../../contract/copy/text.ts';
import { saidParts } from './saidParts.ts';

/** A statement in words, with names, settings and paths in it set in the monospace face. */
export function Said({ text }: { text: Text }) {
  return saidParts(text).map(({ part, name }, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence never change places.
    return name ? <code key={index}>{part}</code> : <Fragment key={index}>{part}</Fragment>;
  });
}
