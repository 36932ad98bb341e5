import type { StatementReason } from '../../../../contract/migration.ts';
import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint } from '../../../adapters/sqlGrammar.ts';
import { quoteIdentifier } from '../../../sql/quoting.ts';
import type { Action, Work } from './actions.ts';
import { functionsIn, keyOf, type Name, nameOfRelation, nodesIn, strings, writtenType } from './names.ts';

/** ALTER TABLE, and what shares its grammar: ALTER VIEW, INDEX, SEQUENCE, MATERIALIZED VIEW, FOREIGN TABLE. */
export function alterTable({ relation, cmds, objtype, missing_ok }: AlterTableStmt): Action[] {
  if (relation === undefined) return [];
  const table = nameOfRelation(relation);
  // A composite type: PostgreSQL refuses what would touch rows that are stored.
  if (objtype === 'OBJECT_TYPE') return [];
  const actions: Action[] = [
    { kind: 'requires', on: table, privilege: 'owner' },
    ...(cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? alteration(table, node.AlterTableCmd) : [])),
    { kind: 'lock', table },
  ];
  return actions.map((action) =>
    missing_ok === true && action.kind === 'work' ? { ...action, ifThere: true } : action,
  );
}

function alteration(table: Name, command: AlterTableCmd): Action[] {
  const { subtype, name = '', def, missing_ok } = command;
  const work = (
    effect: 'rewrites-table' | 'locks-table' | 'builds-index',
    reason: StatementReason,
    what: Work,
  ): Action => ({
    kind: 'work',
    table,
    effect,
    reason,
    work: what,
  });
  switch (subtype) {
    case 'AT_AddColumn':
      return def !== undefined && 'ColumnDef' in def ? addColumn(table, def.ColumnDef, missing_ok === true) : [];
    case 'AT_DropColumn':
      return [
        {
          kind: 'work',
          table,
          effect: 'destroys-data',
          reason: 'drop-column',
          work: { kind: 'none' },
          column: name,
          count: `SELECT count(${quoteIdentifier(name)}) AS rows FROM ${keyOf(table)}`,
        },
      ];
    case 'AT_AlterColumnType': {
      if (def === undefined || !('ColumnDef' in def)) return [];
      const { typeName, raw_default } = def.ColumnDef;
      return [
        { kind: 'set-type', table, column: name, type: writtenType(typeName), using: !isColumn(raw_default, name) },
      ];
    }
    case 'AT_SetNotNull':
      return [{ ...work('locks-table', 'set-not-null', { kind: 'scan' }), column: name } as Action];
    case 'AT_AddConstraint':
      return def !== undefined && 'Constraint' in def ? addConstraint(table, def.Constraint) : [];
    case 'AT_ValidateConstraint':
      return [{ kind: 'validate', table }];
    case 'AT_SetExpression':
      return [work('rewrites-table', 'add-generated-column', { kind: 'rewrite' })];
    case 'AT_SetTableSpace':
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
    case 'AT_SetAccessMethod':
      return [work('rewrites-table', 'set-storage', { kind: 'rewrite' })];
    case 'AT_AttachPartition':
      return [work('locks-table', 'attach-partition', { kind: 'scan' })];
    case 'AT_DetachPartition':
      return def !== undefined && 'PartitionCmd' in def && def.PartitionCmd.concurrent === true
        ? [{ kind: 'says', effect: 'unknown', reason: 'outside-transaction' }]
        : [];
    default:
      // Defaults, storage, statistics, triggers, rules, policies, owners, inheritance: the catalogue is changed, no row is.
      return [];
  }
}

/** Whether `USING` is nothing but the column itself, or not there at all. */
function isColumn(expression: unknown, column: string): boolean {
  if (expression === undefined) return true;
  const [first] = nodesIn(expression);
  return first?.[0] === 'ColumnRef' && strings(first[1].fields as []).at(-1) === column;
}

function addColumn(table: Name, { colname = '', typeName, constraints }: ColumnDef, ifNotExists: boolean): Action[] {
  const type = writtenType(typeName);
  const all = (constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const has = (contype: Constraint['contype']) => all.find((one) => one.contype === contype);
  const whenMissing: Action[] = [];
  const rewrite = (reason: StatementReason) =>
    whenMissing.push({ kind: 'work', table, effect: 'rewrites-table', reason, work: { kind: 'rewrite' } });
  const generated = has('CONSTR_GENERATED');
  const value = has('CONSTR_DEFAULT')?.raw_expr;
  if (type.serial || has('CONSTR_IDENTITY') !== undefined) rewrite('add-column-default');
  else if (generated !== undefined && generated.generated_kind !== 'v') rewrite('add-generated-column');
  else if (value !== undefined) {
    whenMissing.push({ kind: 'default', table, column: colname, functions: functionsIn(value) });
  } else if (has('CONSTR_NOTNULL') !== undefined || has('CONSTR_PRIMARY') !== undefined) {
    whenMissing.push({
      kind: 'work',
      table,
      effect: 'locks-table',
      reason: 'not-null-without-default',
      work: { kind: 'none' },
    });
  }
  for (const constraint of all) {
    // Without a default all rows have NULL there, which every check, reference and unique index takes, after reading them.
    if (constraint.contype === 'CONSTR_CHECK' || constraint.contype === 'CONSTR_FOREIGN') {
      whenMissing.push(...addConstraint(table, constraint));
    }
    if (constraint.contype === 'CONSTR_UNIQUE' || constraint.contype === 'CONSTR_PRIMARY') {
      whenMissing.push(...addConstraint(table, constraint));
    }
  }
  return [{ kind: 'add-column', table, column: colname, ifNotExists }, ...whenMissing];
}

function addConstraint(table: Name, constraint: Constraint): Action[] {
  const { contype, skip_validation, is_enforced, indexname, pktable, access_method, keys } = constraint;
  const work = (effect: 'locks-table' | 'builds-index', reason: StatementReason, what: Work, of = table): Action => ({
    kind: 'work',
    table: of,
    effect,
    reason,
    work: what,
  });
  switch (contype) {
    case 'CONSTR_CHECK':
      return skip_validation === true || is_enforced === false
        ? []
        : [work('locks-table', 'add-check', { kind: 'scan' })];
    case 'CONSTR_NOTNULL':
      return skip_validation === true ? [] : [work('locks-table', 'set-not-null', { kind: 'scan' })];
    case 'CONSTR_FOREIGN': {
      // Brief when the rows are not looked at; the other table is locked as well, either way.
      const other: Action[] = pktable === undefined ? [] : [{ kind: 'lock', table: nameOfRelation(pktable) }];
      if (skip_validation === true || is_enforced === false) return other;
      return [work('locks-table', 'add-foreign-key', { kind: 'scan' }), ...other];
    }
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      if (indexname !== undefined) return [];
      return [work('builds-index', 'add-key', indexWork('btree', strings(keys)[0]))];
    case 'CONSTR_EXCLUSION':
      return [work('builds-index', 'add-key', indexWork(access_method ?? 'gist', undefined))];
    default:
      return [];
  }
}

export function indexWork(method: string, column: string | undefined): Work {
  return { kind: 'index', method, ...(column === undefined ? {} : { column }) };
}
