import type { WrittenType } from './names.ts';

export type ColumnType = { type: string; modifier: number; base: string | null };

/** Where length or precision are kept four more than they are written. */
const withHeader = new Set(['character varying', 'character', 'numeric']);
const growing = new Set([
  'character varying',
  'bit varying',
  'timestamp without time zone',
  'timestamp with time zone',
  'time without time zone',
  'time with time zone',
]);

/**
 * Whether PostgreSQL keeps the table as it is: both types are stored alike, and nothing has to be cut or looked at. As
 * ATColumnChangeRequiresRewrite decides, on the careful side.
 */
export function keepsTable(
  from: ColumnType,
  to: { name: string; written: WrittenType },
  alike: readonly (readonly [string, string])[],
): boolean {
  const source = from.base ?? from.type;
  const { modifiers } = to.written;
  if (source !== to.name) {
    // A limit on the new type makes PostgreSQL look at every value.
    return modifiers.length === 0 && alike.some(([a, b]) => a === source && b === to.name);
  }
  if (modifiers.length === 0) return !['character', 'bit'].includes(to.name) || from.modifier < 0;
  if (from.modifier < 0) return false;
  const [first = Number.NaN, second = 0] = modifiers;
  if (to.name === 'numeric') {
    const packed = from.modifier - 4;
    return (packed & 0x7ff) === second && first >= packed >> 16;
  }
  const now = withHeader.has(to.name) ? from.modifier - 4 : from.modifier;
  return growing.has(to.name) ? first >= now : first === now;
}
