import type { InstanceView } from '../../contract/instance.ts';
import { words } from '../words.ts';

/** What an instance is, in one line below its name. */
export function instanceLine(instance: InstanceView): string {
  if (instance.kind === 'practice') return words('screen.rail.practice');
  if (instance.setup !== undefined) return words('screen.rail.unfinished');
  return instance.connection?.hosts[0]?.host ?? words('screen.rail.unfinished');
}
