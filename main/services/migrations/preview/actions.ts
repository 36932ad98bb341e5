import type { StatementEffect, StatementReason } from '../../../../contract/migration.ts';
import type { Name, WrittenType } from './names.ts';

/** What takes the time: reading a table, writing it anew, changing its rows, or building an index over a column. */
export type Work =
  | { kind: 'none' }
  | { kind: 'scan' }
  | { kind: 'rewrite' }
  | { kind: 'update' }
  | { kind: 'index'; method: string; column?: string };

export type Dropped = 'table' | 'view' | 'materialized-view' | 'sequence' | 'index' | 'type' | 'schema' | 'extension';

/** A statement's doings, before anything is known about the database. Pure readings of the tree. */
export type Action =
  | { kind: 'create'; relation: Name; temporary: boolean; ifNotExists: boolean }
  | { kind: 'drop'; what: Dropped; name: Name; cascade: boolean; ifExists: boolean }
  | { kind: 'rename'; from: Name; to: Name }
  | { kind: 'rename-column'; table: Name; from: string; to: string }
  | { kind: 'add-column'; table: Name; column: string; ifNotExists: boolean }
  /** A table is worked upon. `count`: SQL that counts the rows it hits, as `rows`. `column`: nothing happens where the table doesn't have it. */
  | {
      kind: 'work';
      table: Name;
      effect: StatementEffect;
      reason: StatementReason;
      work: Work;
      column?: string;
      count?: string;
      /** Functions of the counted condition: one that changes something must not be called for a preview. */
      calls?: string[];
      /** What refers to the table goes along: rows by ON DELETE CASCADE, or whole tables by TRUNCATE … CASCADE. */
      follows?: 'delete-cascades' | 'truncate-cascades';
      /** IF EXISTS was said of the table. */
      ifThere?: boolean;
      /** Nothing happens where this index is there already. */
      unlessIndex?: Name;
    }
  | { kind: 'set-type'; table: Name; column: string; type: WrittenType; using: boolean }
  /** The table is written anew when one of the functions gives another value each time. */
  | { kind: 'default'; table: Name; column: string; functions: string[] }
  /** Brief, but held until the file is through. */
  | { kind: 'lock'; table: Name }
  /** Only as bad as an earlier lock in the same file makes it. */
  | { kind: 'validate'; table: Name }
  | { kind: 'calls'; functions: string[] }
  | { kind: 'extension'; name: string }
  | { kind: 'says'; effect: StatementEffect; reason: StatementReason; object?: string }
  | { kind: 'requires'; on: Name; privilege: 'owner' | 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE' }
  | { kind: 'requires-schema'; schema: string | undefined }
  | { kind: 'requires-database' };

/** What a file's statement is called and does. */
export type Reading = { command: string; actions: Action[] };
