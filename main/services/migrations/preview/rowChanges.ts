import type { Node } from '../../../adapters/sqlGrammar.ts';
import type { Action } from './actions.ts';
import { functionsIn, nameOfRelation, nodesIn } from './names.ts';

/** Gives SQL that counts what a DELETE or UPDATE hits; undefined where that can't be told from its text. */
export type CountOf = (node: Node) => string | undefined;

/** DELETE, UPDATE, INSERT and MERGE, wherever they are in a statement: in WITH as well. */
export function rowChanges(node: Node, countOf: CountOf): Action[] {
  const found: Action[] = [];
  const calls = new Set<string>();
  for (const [kind, inner] of nodesIn(node)) {
    const whole = { [kind]: inner } as unknown as Node;
    found.push(...rowChange(whole, 'DeleteStmt' in node || 'UpdateStmt' in node ? countOf : () => undefined));
    if (kind === 'FuncCall') for (const name of functionsIn(whole)) calls.add(name);
  }
  if (calls.size > 0) found.push({ kind: 'calls', functions: [...calls] });
  return found;
}

function rowChange(node: Node, countOf: CountOf): Action[] {
  if ('DeleteStmt' in node) {
    const { relation, whereClause } = node.DeleteStmt;
    if (relation === undefined) return [];
    const table = nameOfRelation(relation);
    const count = countOf(node);
    return [
      {
        kind: 'work',
        table,
        effect: 'destroys-data',
        reason: whereClause === undefined ? 'delete-all' : 'delete-rows',
        work: { kind: 'update' },
        follows: 'delete-cascades',
        calls: functionsIn(node),
        ...(count === undefined ? {} : { count }),
      },
      { kind: 'requires', on: table, privilege: 'DELETE' },
    ];
  }
  if ('UpdateStmt' in node) {
    const { relation } = node.UpdateStmt;
    if (relation === undefined) return [];
    const table = nameOfRelation(relation);
    const count = countOf(node);
    return [
      {
        kind: 'work',
        table,
        effect: 'rewrites-table',
        reason: 'update-rows',
        work: { kind: 'update' },
        calls: functionsIn(node),
        ...(count === undefined ? {} : { count }),
      },
      { kind: 'requires', on: table, privilege: 'UPDATE' },
    ];
  }
  if ('InsertStmt' in node) {
    const { relation, onConflictClause } = node.InsertStmt;
    if (relation === undefined) return [];
    const table = nameOfRelation(relation);
    const updates = onConflictClause?.action === 'ONCONFLICT_UPDATE';
    return [
      ...(updates ? [work(table, 'rewrites-table', 'insert-or-update')] : []),
      { kind: 'requires', on: table, privilege: 'INSERT' },
    ];
  }
  if ('MergeStmt' in node) {
    const { relation, mergeWhenClauses } = node.MergeStmt;
    if (relation === undefined) return [];
    const table = nameOfRelation(relation);
    const kinds = new Set(
      (mergeWhenClauses ?? []).map((when) =>
        'MergeWhenClause' in when ? when.MergeWhenClause.commandType : undefined,
      ),
    );
    if (kinds.has('CMD_DELETE'))
      return [{ ...work(table, 'destroys-data', 'merge-delete'), follows: 'delete-cascades' }];
    return kinds.has('CMD_UPDATE') ? [work(table, 'rewrites-table', 'insert-or-update')] : [];
  }
  return [];
}

function work(
  table: ReturnType<typeof nameOfRelation>,
  effect: 'destroys-data' | 'rewrites-table',
  reason: 'insert-or-update' | 'merge-delete',
): Extract<Action, { kind: 'work' }> {
  return { kind: 'work', table, effect, reason, work: { kind: 'update' } };
}
