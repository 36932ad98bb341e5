import type { StatementReason } from '../../../../contract/migration.ts';
import type { Grammar, Node, RangeVar, TruncateStmt } from '../../../adapters/sqlGrammar.ts';
import type { Action, Reading } from './actions.ts';
import { alterTable, indexWork } from './alterTable.ts';
import { block } from './block.ts';
import { commandOf } from './commands.ts';
import { countingQuery } from './counting.ts';
import { drops } from './drops.ts';
import { keyOf, type Name, nameOfRelation, nameOfStrings, nodesIn } from './names.ts';
import { rowChanges } from './rowChanges.ts';
import { harmless, outside } from './statementKinds.ts';

/** What a statement of a file does, read from its tree alone. Bodies of functions are not run when they are made, and not read. */
export function readStatement(grammar: Grammar, { sql, node }: { sql: string; node: Node }): Reading {
  return { command: commandOf(node), actions: actionsOf(grammar, sql, node, true) };
}

/** `outermost`: the text is the statement's own, so that its rows can be counted. */
function actionsOf(grammar: Grammar, sql: string, node: Node, outermost: boolean): Action[] {
  const [kind = ''] = Object.keys(node);
  if (harmless.has(kind)) return [];
  if (outside.has(kind)) return [says('unknown', 'outside-transaction')];
  const countOf = (inner: Node) => {
    if (outermost) return countingQuery(grammar, sql, inner);
    // Inside a block a name can be a variable: only whole tables are counted.
    const whole = 'DeleteStmt' in inner && inner.DeleteStmt.whereClause === undefined;
    const { relation, usingClause } = 'DeleteStmt' in inner ? inner.DeleteStmt : {};
    return whole && relation !== undefined && usingClause === undefined
      ? `SELECT count(*) AS rows FROM ${keyOf(nameOfRelation(relation))}`
      : undefined;
  };
  if ('SelectStmt' in node || 'DeleteStmt' in node || 'UpdateStmt' in node || 'InsertStmt' in node) {
    const made = 'SelectStmt' in node ? node.SelectStmt.intoClause?.rel : undefined;
    return [...(made === undefined ? [] : creates(made, false)), ...rowChanges(node, countOf)];
  }
  if ('MergeStmt' in node || 'DeclareCursorStmt' in node) return rowChanges(node, countOf);
  if ('AlterTableStmt' in node) return alterTable(node.AlterTableStmt);
  if ('DropStmt' in node) return drops(node.DropStmt);
  if ('DoStmt' in node) return block(grammar, sql, node, (inner) => actionsOf(grammar, '', inner, false));
  if ('CallStmt' in node)
    return [says('unknown', 'calls-function', nameOfStrings(node.CallStmt.funccall?.funcname).name)];
  if ('CreateStmt' in node) {
    const { relation, if_not_exists } = node.CreateStmt;
    return relation === undefined ? [] : creates(relation, if_not_exists === true);
  }
  if ('CreateForeignTableStmt' in node) {
    const relation = node.CreateForeignTableStmt.base?.relation;
    return relation === undefined ? [] : creates(relation, false);
  }
  if ('CreateTableAsStmt' in node) {
    const { into, if_not_exists, query } = node.CreateTableAsStmt;
    const made = into?.rel === undefined ? [] : creates(into.rel, if_not_exists === true);
    return [...made, ...(query === undefined ? [] : rowChanges(query, () => undefined))];
  }
  if ('CreateSeqStmt' in node) {
    const { sequence, if_not_exists } = node.CreateSeqStmt;
    return sequence === undefined ? [] : creates(sequence, if_not_exists === true);
  }
  if ('ViewStmt' in node) {
    const { view, replace } = node.ViewStmt;
    return view === undefined ? [] : creates(view, replace === true);
  }
  if ('CreateSchemaStmt' in node) {
    const inner = (node.CreateSchemaStmt.schemaElts ?? []).flatMap((each) => actionsOf(grammar, '', each, false));
    return [{ kind: 'requires-database' }, ...inner];
  }
  if ('CreateExtensionStmt' in node) return [{ kind: 'extension', name: node.CreateExtensionStmt.extname ?? '' }];
  if ('TruncateStmt' in node) return truncates(node.TruncateStmt);
  if ('IndexStmt' in node) {
    const { relation, idxname, accessMethod, concurrent, if_not_exists, indexParams } = node.IndexStmt;
    if (relation === undefined) return [];
    const table = nameOfRelation(relation);
    const first = indexParams?.[0];
    const column = first !== undefined && 'IndexElem' in first ? first.IndexElem.name : undefined;
    const index: Name = { ...(table.schema === undefined ? {} : { schema: table.schema }), name: idxname ?? '' };
    return [
      ...(concurrent === true ? [says('unknown', 'outside-transaction')] : []),
      { kind: 'requires', on: table, privilege: 'owner' },
      {
        kind: 'work',
        table,
        effect: 'builds-index',
        reason: 'create-index',
        work: indexWork(accessMethod ?? 'btree', column),
        ...(if_not_exists === true && idxname !== undefined ? { unlessIndex: index } : {}),
      },
      { kind: 'lock', table },
    ];
  }
  if ('ReindexStmt' in node) {
    const { kind: of, relation, params } = node.ReindexStmt;
    if (of === 'REINDEX_OBJECT_SYSTEM' || of === 'REINDEX_OBJECT_DATABASE' || hasOption(params, 'concurrently')) {
      return [says('unknown', 'outside-transaction')];
    }
    if (of === 'REINDEX_OBJECT_TABLE' && relation !== undefined) {
      return [work(nameOfRelation(relation), 'builds-index', 'reindex')];
    }
    return [says('builds-index', 'reindex', relation === undefined ? undefined : keyOf(nameOfRelation(relation)))];
  }
  if ('ClusterStmt' in node) {
    const { relation } = node.ClusterStmt;
    return relation === undefined
      ? [says('unknown', 'outside-transaction')]
      : [work(nameOfRelation(relation), 'rewrites-table', 'cluster')];
  }
  if ('VacuumStmt' in node) {
    const { is_vacuumcmd, options, rels } = node.VacuumStmt;
    if (is_vacuumcmd !== true) return [];
    const tables = (rels ?? []).flatMap((each) =>
      'VacuumRelation' in each && each.VacuumRelation.relation !== undefined ? [each.VacuumRelation.relation] : [],
    );
    const full = hasOption(options, 'full');
    return [
      says('unknown', 'outside-transaction'),
      ...(full ? tables.map((table) => work(nameOfRelation(table), 'rewrites-table', 'vacuum-full')) : []),
    ];
  }
  if ('RefreshMatViewStmt' in node) {
    const { relation } = node.RefreshMatViewStmt;
    return relation === undefined ? [] : [work(nameOfRelation(relation), 'rewrites-table', 'refresh')];
  }
  if ('LockStmt' in node) {
    return (node.LockStmt.relations ?? []).flatMap((each): Action[] =>
      'RangeVar' in each ? [work(nameOfRelation(each.RangeVar), 'locks-table', 'lock-table')] : [],
    );
  }
  if ('RenameStmt' in node) {
    const { relation, renameType, relationType, subname = '', newname = '' } = node.RenameStmt;
    if (relation === undefined) return [];
    const table = nameOfRelation(relation);
    const owner: Action = { kind: 'requires', on: table, privilege: 'owner' };
    if (renameType === 'OBJECT_COLUMN' && relationType === 'OBJECT_TABLE') {
      return [owner, { kind: 'rename-column', table, from: subname, to: newname }];
    }
    const isRelation = renameType === 'OBJECT_TABLE' || renameType === 'OBJECT_MATVIEW' || renameType === 'OBJECT_VIEW';
    return isRelation ? [owner, { kind: 'rename', from: table, to: { ...table, name: newname } }] : [];
  }
  if ('AlterObjectSchemaStmt' in node) {
    const { relation, newschema } = node.AlterObjectSchemaStmt;
    if (relation === undefined || newschema === undefined) return [];
    const from = nameOfRelation(relation);
    return [{ kind: 'rename', from, to: { schema: newschema, name: from.name } }];
  }
  if ('AlterDomainStmt' in node) {
    const adds = node.AlterDomainStmt.subtype === 'C' || node.AlterDomainStmt.subtype === 'O';
    return adds ? [says('locks-table', 'domain-constraint', nameOfStrings(node.AlterDomainStmt.typeName).name)] : [];
  }
  if ('TransactionStmt' in node) {
    const { kind: what } = node.TransactionStmt;
    const inner = what === 'TRANS_STMT_SAVEPOINT' || what === 'TRANS_STMT_RELEASE' || what === 'TRANS_STMT_ROLLBACK_TO';
    return inner ? [] : [says('unknown', 'transaction-control')];
  }
  if ('DropdbStmt' in node) {
    return [says('destroys-data', 'drop-database', node.DropdbStmt.dbname), says('unknown', 'outside-transaction')];
  }
  if ('DropOwnedStmt' in node) return [says('destroys-data', 'drop-owned')];
  if ('ExplainStmt' in node) {
    const { query, options } = node.ExplainStmt;
    // With ANALYZE the statement is run.
    return query !== undefined && hasOption(options, 'analyze') ? actionsOf(grammar, '', query, false) : [];
  }
  if ('PrepareStmt' in node) return [];
  return [says('unknown', 'not-known')];
}

function creates(relation: RangeVar, ifNotExists: boolean): Action[] {
  const name = nameOfRelation(relation);
  const temporary = relation.relpersistence === 't' || name.schema === 'pg_temp';
  return [
    { kind: 'create', relation: name, temporary, ifNotExists },
    ...(temporary ? [] : [{ kind: 'requires-schema', schema: name.schema } as const]),
  ];
}

function truncates({ relations, behavior }: TruncateStmt): Action[] {
  return (relations ?? []).flatMap((node): Action[] => {
    if (!('RangeVar' in node)) return [];
    const table = nameOfRelation(node.RangeVar);
    return [
      {
        kind: 'work',
        table,
        effect: 'destroys-data',
        reason: 'truncate',
        work: { kind: 'none' },
        count: `SELECT count(*) AS rows FROM ${keyOf(table)}`,
        ...(behavior === 'DROP_CASCADE' ? { follows: 'truncate-cascades' } : {}),
      },
      { kind: 'requires', on: table, privilege: 'TRUNCATE' },
      { kind: 'lock', table },
    ];
  });
}

function says(
  effect: 'destroys-data' | 'unknown' | 'locks-table' | 'builds-index',
  reason: StatementReason,
  object?: string,
): Action {
  return { kind: 'says', effect, reason, ...(object === undefined || object === '' ? {} : { object }) };
}

function work(
  table: Name,
  effect: 'rewrites-table' | 'builds-index' | 'locks-table',
  reason: 'cluster' | 'vacuum-full' | 'refresh' | 'reindex' | 'lock-table',
): Action {
  return { kind: 'work', table, effect, reason, work: { kind: reason === 'lock-table' ? 'none' : 'rewrite' } };
}

/** An option that is there and not switched off: `VACUUM (FULL)`, `EXPLAIN (ANALYZE false)`. */
function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  for (const [kind, option] of nodesIn(options)) {
    if (kind !== 'DefElem' || option.defname !== name) continue;
    const text = JSON.stringify(option.arg ?? 'on');
    return !/"(?:false|off)"|"boolval":\{\}|"ival":\{\}/i.test(text);
  }
  return false;
}
