import type { Node, RangeVar, TypeName } from '../../../adapters/sqlGrammar.ts';
import { quoteIdentifier } from '../../../sql/quoting.ts';

/** A name as it is written: without a schema, the search path decides. */
export type Name = { schema?: string; name: string };

/** One text for one name. */
export function keyOf({ schema, name }: Name): string {
  return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

export function nameOfRelation({ schemaname, relname }: RangeVar): Name {
  return named([...(schemaname === undefined ? [] : [schemaname]), relname ?? '']);
}

/** From the parts of a name, database first where it is written. */
function named(parts: readonly string[]): Name {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

/** The parts of a list of strings, as the grammar gives names of most things. */
export function strings(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

export function nameOfStrings(nodes: readonly Node[] | undefined): Name {
  return named(strings(nodes));
}

/** The name of something to be dropped: a list of strings, a type, or a single string. */
export function nameOfObject(node: Node): Name {
  if ('List' in node) return nameOfStrings(node.List.items);
  if ('TypeName' in node) return nameOfStrings(node.TypeName.names);
  if ('String' in node) return { name: node.String.sval ?? '' };
  if ('ObjectWithArgs' in node) return nameOfStrings(node.ObjectWithArgs.objname);
  return { name: '' };
}

/** A type as it is written, without its length: what `to_regtype` takes. */
export type WrittenType = { name: Name; text: string; modifiers: number[]; serial: boolean };

const serials = new Set(['serial', 'serial2', 'serial4', 'serial8', 'smallserial', 'bigserial']);

export function writtenType(type: TypeName | undefined): WrittenType {
  const parts = nameOfStrings(type?.names);
  const array = (type?.arrayBounds ?? []).length > 0 ? '[]' : '';
  const modifiers = (type?.typmods ?? []).map((node) =>
    'A_Const' in node && node.A_Const.ival !== undefined ? (node.A_Const.ival.ival ?? 0) : Number.NaN,
  );
  return {
    name: parts,
    text: `${keyOf(parts)}${array}`,
    modifiers,
    serial: parts.schema === undefined && serials.has(parts.name),
  };
}

/** Every node of a tree with its kind, the outermost first. */
export function* nodesIn(value: unknown): Generator<[kind: string, node: Record<string, unknown>], void, void> {
  if (Array.isArray(value)) {
    for (const each of value) yield* nodesIn(each);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (/^[A-Z]/.test(key) && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      yield [key, inner as Record<string, unknown>];
    }
    yield* nodesIn(inner);
  }
}

/** Functions that an expression or a query calls, without their schemas. */
export function functionsIn(value: unknown): string[] {
  const found = new Set<string>();
  for (const [kind, node] of nodesIn(value)) {
    if (kind === 'FuncCall') found.add(nameOfStrings(node.funcname as Node[]).name);
  }
  return [...found];
}
