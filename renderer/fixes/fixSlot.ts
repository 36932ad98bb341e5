import { type ComponentType, createContext } from 'react';
import type { Text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { FixContext } from './fixContext.ts';

export type FixViewProps = {
  fixes: readonly Fix[];
  why?: Text;
  /** Missing where nothing can be fixed from here; the fixes then are told as text to copy. */
  context?: FixContext;
};

/**
 * How fixes are shown. Handed down, because a problem shows its fixes and a fix that fails shows a problem; and because the first
 * screen has neither, so the part is loaded when it is first shown.
 */
export const FixSlot = createContext<ComponentType<FixViewProps> | undefined>(undefined);
