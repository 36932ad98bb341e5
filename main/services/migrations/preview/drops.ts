import type { DropStmt } from '../../../adapters/sqlGrammar.ts';
import type { Action, Dropped } from './actions.ts';
import { keyOf, nameOfObject } from './names.ts';

const dropped: Partial<Record<NonNullable<DropStmt['removeType']>, Dropped>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'view',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized-view',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_INDEX: 'index',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_SCHEMA: 'schema',
  OBJECT_EXTENSION: 'extension',
};

/** DROP of everything but databases, roles, tablespaces. */
export function drops({ objects, removeType, behavior, missing_ok, concurrent }: DropStmt): Action[] {
  if (concurrent === true) return [{ kind: 'says', effect: 'unknown', reason: 'outside-transaction' }];
  const what = removeType === undefined ? undefined : dropped[removeType];
  const cascade = behavior === 'DROP_CASCADE';
  // Functions, triggers, policies, rules … hold no data; what CASCADE takes along from them is not looked up.
  if (what === undefined) return cascade ? [{ kind: 'says', effect: 'unknown', reason: 'cascade' }] : [];
  return (objects ?? []).flatMap((node): Action[] => {
    const name = nameOfObject(node);
    const drop: Action = { kind: 'drop', what, name, cascade, ifExists: missing_ok === true };
    if (what === 'table' || what === 'materialized-view') {
      const count = `SELECT count(*) AS rows FROM ${keyOf(name)}`;
      return [
        { kind: 'requires', on: name, privilege: 'owner' },
        {
          kind: 'work',
          table: name,
          effect: 'destroys-data',
          reason: what === 'table' ? 'drop-table' : 'drop-materialized-view',
          work: { kind: 'none' },
          count,
          ifThere: missing_ok === true,
        },
        drop,
      ];
    }
    return [drop];
  });
}
