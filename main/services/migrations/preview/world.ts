import type { Action } from './actions.ts';
import type { Facts, RelationFacts } from './facts.ts';
import { keyOf, type Name } from './names.ts';

/** What a name means at this point of the pending files. `new`: made by one of them, so that nothing of the user's is in it. */
export type Meaning = { kind: 'new' } | { kind: 'there'; facts: RelationFacts } | { kind: 'missing' };

/** The database as it will be when a statement's turn comes: what it is now, and what the files before it have done. */
export type World = {
  readonly facts: Facts;
  meaningOf(name: Name): Meaning;
  /** Whether the column was added by one of the files, or renamed: the name that it has in the database now, if any. */
  columnNow(table: Name, column: string): string | undefined;
  /** Whether a relation of the database, as the facts name it, is gone by now: dropped, or dropped and made anew. */
  isGone(name: string): boolean;
  isLocked(table: Name): boolean;
  /** Takes the action into account, after it was judged. */
  apply(action: Action): void;
  /** Locks end with the file's transaction, and temporary tables are not counted upon any longer. */
  endFile(): void;
};

export function createWorld(facts: Facts): World {
  const known = new Map(facts.relations.map((relation) => [relation.asked, relation]));
  /** What the files have made of names: a new relation, another name's, or nothing any more. */
  const changed = new Map<string, Meaning>();
  const columns = new Map<string, string | undefined>();
  const temporary = new Set<string>();
  let locked = new Set<string>();

  /** One key for `t` and `public.t` where that is what `t` means. */
  const full = (name: Name): string => {
    if (name.schema !== undefined) return keyOf(name);
    const found = known.get(keyOf(name));
    if (found !== undefined && !changed.has(inDefault(name))) return asKey(found);
    return inDefault(name);
  };
  const inDefault = ({ name }: Name) => keyOf(facts.schema === null ? { name } : { schema: facts.schema, name });
  const asKey = ({ name }: { name: string }) => name.split('.').map(requoted).join('.');
  const columnKey = (table: Name, column: string) => `${full(table)} ${column}`;

  const meaningOf = (name: Name): Meaning => {
    if (temporary.has(name.name) && (name.schema === undefined || name.schema === 'pg_temp')) return { kind: 'new' };
    const after = changed.get(full(name));
    if (after !== undefined) return after;
    const found = known.get(keyOf(name)) ?? facts.relations.find((one) => asKey(one) === full(name));
    return found === undefined ? { kind: 'missing' } : { kind: 'there', facts: found };
  };

  return {
    facts,
    meaningOf,
    columnNow(table, column) {
      const key = columnKey(table, column);
      return columns.has(key) ? columns.get(key) : column;
    },
    isGone(name) {
      const after = changed.get(asKey({ name }));
      return after !== undefined && after.kind !== 'there';
    },
    isLocked: (table) => locked.has(full(table)),
    apply(action) {
      switch (action.kind) {
        case 'create':
          if (action.temporary) temporary.add(action.relation.name);
          else if (!action.ifNotExists || meaningOf(action.relation).kind !== 'there') {
            changed.set(full(action.relation), { kind: 'new' });
          }
          return;
        case 'drop':
          if (temporary.delete(action.name.name)) return;
          changed.set(full(action.name), { kind: 'missing' });
          return;
        case 'rename': {
          const meaning = meaningOf(action.from);
          changed.set(full(action.from), { kind: 'missing' });
          changed.set(full(action.to), meaning);
          return;
        }
        case 'rename-column':
          columns.set(columnKey(action.table, action.to), this.columnNow(action.table, action.from));
          columns.set(columnKey(action.table, action.from), undefined);
          return;
        case 'add-column': {
          const meaning = meaningOf(action.table);
          const there = meaning.kind === 'there' && meaning.facts.columns.some(({ name }) => name === action.column);
          if (!there || !action.ifNotExists) columns.set(columnKey(action.table, action.column), undefined);
          return;
        }
        case 'lock':
          locked.add(full(action.table));
          return;
        default:
          return;
      }
    },
    endFile() {
      locked = new Set();
      temporary.clear();
    },
  };
}

/** PostgreSQL quotes only where it must, keys always. Dots inside of quotes are rarer than rare and only lose a match. */
function requoted(part: string): string {
  return part.startsWith('"') ? part : `"${part}"`;
}
