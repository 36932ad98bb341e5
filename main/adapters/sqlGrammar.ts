import type * as LibPgQuery from 'libpg-query';

export type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  DropStmt,
  Node,
  RangeVar,
  ScanToken,
  TruncateStmt,
  TypeName,
} from 'libpg-query';

/** Where PostgreSQL's grammar gave up. `position` counts characters from 0; missing where it doesn't say. */
export class GrammarError extends Error {
  readonly position: number | undefined;

  constructor(message: string, position: number | undefined, cause: unknown) {
    super(message, { cause });
    this.name = 'GrammarError';
    this.position = position;
  }
}

/** PostgreSQL's own parser, that of version 18. It knows no catalogue: names are only names. */
export type Grammar = {
  /** Statements with their places, counted in bytes of UTF-8. Raises GrammarError. */
  parse(sql: string): LibPgQuery.RawStmt[];
  /** The tree of a PL/pgSQL block, from the text of a DO statement. Raises GrammarError. */
  parseBlock(doStatement: string): unknown;
  /** Tokens, comments among them; places in bytes. Raises GrammarError. */
  scan(sql: string): LibPgQuery.ScanToken[];
};

/** Loads the parser's WebAssembly (1.7 MB): when it is first used, not before. */
export async function loadGrammar(): Promise<Grammar> {
  const library = await import('libpg-query');
  await library.loadModule();
  const { parseSync, parsePlPgSQLSync, scanSync } = library;
  return {
    // The library refuses an empty text, which is a script without statements.
    parse: (sql) => (sql.trim() === '' ? [] : guarded(() => parseSync(sql).stmts ?? [])),
    parseBlock: (statement) => guarded(() => parsePlPgSQLSync(statement)),
    scan: (sql) => guarded(() => scanSync(sql).tokens),
  };

  function guarded<Result>(body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new GrammarError(
        message,
        library.hasSqlDetails(error) ? error.sqlDetails?.cursorPosition : undefined,
        error,
      );
    }
  }
}
