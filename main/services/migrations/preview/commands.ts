import type { Node } from '../../../adapters/sqlGrammar.ts';

const objects: Record<string, string> = {
  OBJECT_MATVIEW: 'MATERIALIZED VIEW',
  OBJECT_FOREIGN_TABLE: 'FOREIGN TABLE',
  OBJECT_TSCONFIGURATION: 'TEXT SEARCH CONFIGURATION',
  OBJECT_TSDICTIONARY: 'TEXT SEARCH DICTIONARY',
  OBJECT_TABCONSTRAINT: 'TABLE',
  OBJECT_DOMCONSTRAINT: 'DOMAIN',
  OBJECT_COLUMN: 'TABLE',
  OBJECT_ATTRIBUTE: 'TYPE',
  OBJECT_ACCESS_METHOD: 'ACCESS METHOD',
  OBJECT_EVENT_TRIGGER: 'EVENT TRIGGER',
  OBJECT_FOREIGN_SERVER: 'SERVER',
  OBJECT_FDW: 'FOREIGN DATA WRAPPER',
  OBJECT_STATISTIC_EXT: 'STATISTICS',
};

/** Names whose command is not what their kind reads like. */
const special: Record<string, string> = {
  CreateStmt: 'CREATE TABLE',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTrigStmt: 'CREATE TRIGGER',
  CreateSeqStmt: 'CREATE SEQUENCE',
  AlterSeqStmt: 'ALTER SEQUENCE',
  CreateEnumStmt: 'CREATE TYPE',
  CompositeTypeStmt: 'CREATE TYPE',
  CreateRangeStmt: 'CREATE TYPE',
  AlterEnumStmt: 'ALTER TYPE',
  CreateStatsStmt: 'CREATE STATISTICS',
  AlterStatsStmt: 'ALTER STATISTICS',
  CreatePLangStmt: 'CREATE LANGUAGE',
  CreateFdwStmt: 'CREATE FOREIGN DATA WRAPPER',
  RuleStmt: 'CREATE RULE',
  ViewStmt: 'CREATE VIEW',
  IndexStmt: 'CREATE INDEX',
  DoStmt: 'DO',
  TruncateStmt: 'TRUNCATE TABLE',
  LockStmt: 'LOCK TABLE',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  SecLabelStmt: 'SECURITY LABEL',
  AlterDatabaseSetStmt: 'ALTER DATABASE',
  AlterRoleSetStmt: 'ALTER ROLE',
  AlterExtensionContentsStmt: 'ALTER EXTENSION',
  CheckPointStmt: 'CHECKPOINT',
  ConstraintsSetStmt: 'SET CONSTRAINTS',
};

/** PostgreSQL's command tag of a statement. */
export function commandOf(node: Node): string {
  const [kind, value] = Object.entries(node)[0] ?? ['', {}];
  const { removeType, objtype, renameType, relationType, objectType } = value as Record<string, string | undefined>;
  const object = (type: string | undefined) =>
    type === undefined ? '' : (objects[type] ?? type.replace(/^OBJECT_/, '').replaceAll('_', ' '));
  switch (kind) {
    case 'DropStmt':
      return `DROP ${object(removeType)}`;
    case 'AlterTableStmt':
      return `ALTER ${object(objtype)}`;
    case 'RenameStmt':
      return `ALTER ${object(relationType !== undefined && renameType === 'OBJECT_COLUMN' ? relationType : renameType)}`;
    case 'AlterObjectSchemaStmt':
    case 'AlterOwnerStmt':
      return `ALTER ${object(objectType)}`;
    case 'TransactionStmt':
      return transactions[(value as { kind?: string }).kind ?? ''] ?? 'TRANSACTION';
    case 'VacuumStmt':
      return (value as { is_vacuumcmd?: boolean }).is_vacuumcmd === true ? 'VACUUM' : 'ANALYZE';
    case 'CreateTableAsStmt':
      return objectType === undefined || (value as { objtype?: string }).objtype !== 'OBJECT_MATVIEW'
        ? (value as { objtype?: string }).objtype === 'OBJECT_MATVIEW'
          ? 'CREATE MATERIALIZED VIEW'
          : 'CREATE TABLE AS'
        : 'CREATE MATERIALIZED VIEW';
    case 'GrantStmt':
      return (value as { is_grant?: boolean }).is_grant === true ? 'GRANT' : 'REVOKE';
    case 'GrantRoleStmt':
      return (value as { is_grant?: boolean }).is_grant === true ? 'GRANT ROLE' : 'REVOKE ROLE';
    case 'VariableSetStmt':
      return (value as { kind?: string }).kind?.startsWith('VAR_RESET') === true ? 'RESET' : 'SET';
    default:
      return special[kind] ?? words(kind);
  }
}

const transactions: Record<string, string> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK',
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
};

/** `CreateEventTrigStmt` → `CREATE EVENT TRIG`: good enough for what no migration has. */
function words(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
}
