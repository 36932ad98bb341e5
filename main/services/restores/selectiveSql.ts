import type { Grammar, Node, RangeVar } from '../../adapters/sqlGrammar.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import type { ArchiveEntry } from './entries.ts';

export type TableName = { schema: string; name: string };
/** A table of a backup and its place beside the tables of now. */
export type Side = TableName & { into: TableName };

/** Entries that may be about this table. Names with blanks may let in those of another one; what they say is looked at. */
export function entriesOf(entries: readonly ArchiveEntry[], { schema, name }: TableName) {
  const listed = `${schema} ${name} `.replaceAll(/[\r\n]/g, ' ');
  const of = (kind: string) => entries.filter((entry) => entry.kind === kind && entry.rest.startsWith(listed));
  return { definition: [...of('TABLE'), ...of('CONSTRAINT')], data: of('TABLE DATA') };
}

/** What of `ALTER TABLE` belongs to a definition and touches nothing else. */
const harmless = new Set(['AT_SetStorage', 'AT_SetStatistics', 'AT_SetCompression', 'AT_SetOptions']);

/**
 * From what pg_restore says of a table: the statements that make it, in another place, with its keys. Everything else is left out, so
 * that nothing that exists is touched. Raises `restore-table-unsuitable`.
 */
export function definitionIn(grammar: Grammar, sql: string, { schema, name, into }: Side, keys: boolean): string[] {
  const clean = sql.replace(/^\\(?:un)?restrict .*$/gm, '');
  const bytes = Buffer.from(clean, 'utf8');
  const unsuitable = (reason: string) =>
    new ProblemError('restore-table-unsuitable', { name: `${schema}.${name}`, reason });
  const statements: string[] = [];
  let made = false;
  for (const { stmt, stmt_location = 0, stmt_len = 0 } of grammar.parse(clean)) {
    const relation = stmt === undefined ? undefined : relationOf(stmt);
    if (stmt === undefined || relation === undefined) continue;
    if (relation.schemaname !== schema || relation.relname !== name) continue;
    if ('CreateStmt' in stmt) {
      const { inhRelations = [], partspec, ofTypename } = stmt.CreateStmt;
      if (inhRelations.length > 0) throw unsuitable('it inherits from another table');
      if (partspec !== undefined) throw unsuitable('its rows are in partitions; restore those');
      if (ofTypename !== undefined) throw unsuitable('it is made of a type');
      made = true;
    } else if (!keys || !isHarmless(stmt)) continue;
    const end = stmt_len === 0 ? bytes.length : stmt_location + stmt_len;
    statements.push(`${moved(bytes, stmt_location, end, relation, into)};`);
  }
  if (!made) throw unsuitable('its definition was not found');
  return statements;
}

function relationOf(node: Node): RangeVar | undefined {
  if ('CreateStmt' in node) return node.CreateStmt.relation;
  if ('AlterTableStmt' in node) return node.AlterTableStmt.relation;
  if ('CopyStmt' in node) return node.CopyStmt.relation;
  return undefined;
}

function isHarmless(node: Node): boolean {
  if (!('AlterTableStmt' in node)) return false;
  return (node.AlterTableStmt.cmds ?? []).every((each) => {
    if (!('AlterTableCmd' in each)) return false;
    const { subtype = '', def } = each.AlterTableCmd;
    if (harmless.has(subtype)) return true;
    if (subtype !== 'AT_AddConstraint' || def === undefined || !('Constraint' in def)) return false;
    const { contype } = def.Constraint;
    return contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE';
  });
}

/** The statement with another name where the parser found the relation's. Places are bytes. */
function moved(bytes: Buffer, from: number, to: number, { location = 0 }: RangeVar, into: TableName): string {
  const rest = bytes.toString('utf8', location, to);
  const name = /^(?:"(?:[^"]|"")*"|[^\s."(,;]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[^\s."(,;]+))?/.exec(rest)?.[0] ?? '';
  return `${bytes.toString('utf8', from, location)}${quoted(into)}${rest.slice(name.length)}`.trim();
}

export function quoted({ schema, name }: TableName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

const copyHead = /^COPY [\s\S]*? FROM stdin;\n/m;
/** Characters of a head that is looked for: comments, settings, and the names of at most 1,600 columns. */
const longestHead = 1024 * 1024;
const end = Buffer.from('\n\\.\n');

/** The rows of one table out of what pg_restore says, as a COPY into its other place. Rows of other tables are left out. */
export async function* rowsIn(
  grammar: Grammar,
  chunks: AsyncIterable<Buffer>,
  { schema, name, into }: Side,
): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  let state: 'head' | 'ours' | 'other' = 'head';
  let seen = false;
  const step = function* (): Generator<Buffer> {
    for (;;) {
      if (state === 'head') {
        // Every byte is one character, so that places in the text are places in the bytes.
        const match = copyHead.exec(pending.toString('latin1'));
        if (match === null) {
          if (pending.length > longestHead) throw unreadable({ schema, name });
          return;
        }
        const copy = Buffer.from(match[0], 'latin1').toString('utf8');
        const [parsed] = grammar.parse(copy);
        const relation = parsed?.stmt === undefined ? undefined : relationOf(parsed.stmt);
        const ours = relation !== undefined && relation.schemaname === schema && relation.relname === name && !seen;
        state = ours ? 'ours' : 'other';
        if (ours) {
          seen = true;
          const bytes = Buffer.from(copy, 'utf8');
          yield Buffer.from(moved(bytes, 0, bytes.length, relation, into));
        }
        // The last line break of the head may be the one before the end of no rows.
        pending = pending.subarray(match.index + match[0].length - 1);
      }
      const at = pending.indexOf(end);
      const upTo = at < 0 ? Math.max(0, pending.length - end.length + 1) : at + end.length;
      if (state === 'ours' && upTo > 0) yield pending.subarray(0, upTo);
      pending = pending.subarray(upTo);
      if (at < 0) return;
      state = 'head';
    }
  };
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    yield* step();
  }
  if (!seen || state !== 'head') throw unreadable({ schema, name });
}

function unreadable({ schema, name }: TableName): ProblemError {
  const reason = 'its rows are not in the form of COPY, or were not read to their end';
  return new ProblemError('restore-table-unsuitable', { name: `${schema}.${name}`, reason });
}
