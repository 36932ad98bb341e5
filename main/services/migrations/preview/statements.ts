import type { Problem } from '../../../../contract/problem.ts';
import { type Grammar, GrammarError, type Node } from '../../../adapters/sqlGrammar.ts';

/** A statement of a file: 1-based line, text without the comments before it and the semicolon behind it, and its tree. */
export type Statement = { line: number; sql: string; node: Node };

export type Script = { statements: Statement[]; problem?: Problem };

/**
 * The statements of a file, as PostgreSQL's grammar finds them. What it doesn't take is `migration-syntax` with the line, and no statement is
 * given: the server sends a file as a whole, and PostgreSQL parses it as a whole before it runs any of it.
 */
export function splitStatements(grammar: Grammar, name: string, sql: string): Script {
  try {
    const bytes = Buffer.from(sql, 'utf8');
    const lines = lineCounter(bytes);
    const statements = grammar.parse(sql).flatMap(({ stmt, stmt_location = 0, stmt_len = 0 }): Statement[] => {
      if (stmt === undefined) return [];
      const text = bytes.toString('utf8', stmt_location, stmt_len === 0 ? undefined : stmt_location + stmt_len);
      const start = skipComments(text);
      const shown = text.slice(start).trimEnd();
      return [{ line: lines(stmt_location + Buffer.byteLength(text.slice(0, start))), sql: shown, node: stmt }];
    });
    const copy = statements.find(({ node }) => isCopyFromStdin(node));
    if (copy === undefined) return { statements };
    return { statements: [], problem: syntaxProblem(name, copy.line, 'copy', '') };
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    const before = [...sql].slice(0, error.position ?? 0).join('');
    const line = before.split('\n').length;
    return { statements: [], problem: syntaxProblem(name, line, faultAt(sql, line, before), error.message) };
  }
}

function syntaxProblem(name: string, line: number, fault: string, message: string): Problem {
  return { code: 'migration-syntax', values: { name, line, fault, message } };
}

function faultAt(sql: string, line: number, before: string): 'psql' | 'copy' | 'grammar' {
  if (/\bCOPY\b[^;]*\bFROM\s+stdin\b[^;]*;/i.test(before)) return 'copy';
  return /^\s*\\/.test(sql.split('\n')[line - 1] ?? '') ? 'psql' : 'grammar';
}

function isCopyFromStdin(node: Node): boolean {
  if (!('CopyStmt' in node)) return false;
  const { is_from, is_program, filename } = node.CopyStmt;
  return is_from === true && is_program !== true && filename === undefined;
}

/** Lines of ascending places, in one pass over the bytes. */
function lineCounter(bytes: Buffer): (place: number) => number {
  let at = 0;
  let line = 1;
  return (place) => {
    for (; at < place; at += 1) if (bytes[at] === 0x0a) line += 1;
    return line;
  };
}

/** Where the text begins, behind white space and comments; comments of C's kind nest. */
function skipComments(text: string): number {
  const space = /[\s;]+|--[^\n]*/y;
  let at = 0;
  for (;;) {
    space.lastIndex = at;
    const match = space.exec(text);
    if (match !== null) {
      at += match[0].length;
    } else if (text.startsWith('/*', at)) {
      let depth = 0;
      do {
        const next = text.startsWith('/*', at) ? 1 : text.startsWith('*/', at) ? -1 : 0;
        depth += next;
        at += next === 0 ? 1 : 2;
      } while (depth > 0 && at < text.length);
    } else return at;
  }
}
