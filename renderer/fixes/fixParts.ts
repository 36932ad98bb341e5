import type { Text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';

type OfKind<Kind extends Fix['kind']> = Extract<Fix, { kind: Kind }>;

/** The fixes of one check or problem, sorted into what the tabs show. */
export type FixParts = {
  now: (OfKind<'run'> | OfKind<'setting'>)[];
  copy: (OfKind<'run'> | OfKind<'paste'> | OfKind<'portal'> | OfKind<'network'>)[];
  why: Text[];
};

/** `reason` is why the requirement exists at all; it stands before the reasons of the fixes. */
export function fixParts(fixes: readonly Fix[], reason: Text | undefined): FixParts {
  const parts: FixParts = { now: [], copy: [], why: reason === undefined ? [] : [reason] };
  for (const fix of fixes) {
    switch (fix.kind) {
      case 'run':
        parts.now.push(fix);
        parts.copy.push(fix);
        break;
      case 'setting':
        parts.now.push(fix);
        break;
      case 'paste':
      case 'portal':
      case 'network':
        parts.copy.push(fix);
        break;
    }
    if (fix.why !== undefined && !parts.why.some((why) => sameText(why, fix.why))) parts.why.push(fix.why);
  }
  return parts;
}

function sameText(one: Text, other: Text | undefined): boolean {
  return one.key === other?.key && JSON.stringify(one.values) === JSON.stringify(other.values);
}
