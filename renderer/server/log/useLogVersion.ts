import { useSyncExternalStore } from 'react';
import type { LogModel } from './logModel.ts';

/** Renders again with each change of the lines. Only for what shows them: everything else stays as it is ten times a second. */
export function useLogVersion(model: LogModel): number {
  return useSyncExternalStore(model.subscribe, () => model.version);
}
