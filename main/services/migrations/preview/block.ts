import { type Grammar, GrammarError, type Node } from '../../../adapters/sqlGrammar.ts';
import type { Action } from './actions.ts';
import { nodesIn } from './names.ts';

type ReadInner = (node: Node) => Action[];

/** What a DO block does: the statements in its PL/pgSQL, read like any others, whether or not it comes to them. */
export function block(grammar: Grammar, sql: string, node: Node, readInner: ReadInner): Action[] {
  const language = languageOf(node);
  if (language !== 'plpgsql') return [{ kind: 'says', effect: 'unknown', reason: 'language', object: language }];
  let tree: unknown;
  try {
    tree = grammar.parseBlock(sql);
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    return [{ kind: 'says', effect: 'unknown', reason: 'block-unreadable', object: error.message }];
  }
  const dynamic = new Set<unknown>();
  const found: Action[] = [];
  for (const [kind, inner] of nodesIn(tree)) {
    if (kind === 'PLpgSQL_stmt_dynexecute' || kind === 'PLpgSQL_stmt_dynfors') {
      const query = inner.query as { PLpgSQL_expr?: unknown } | undefined;
      dynamic.add(query?.PLpgSQL_expr);
    }
    if (kind === 'PLpgSQL_stmt_return_query' && inner.dynquery !== undefined) {
      found.push({ kind: 'says', effect: 'unknown', reason: 'dynamic-sql' });
    }
    if (kind === 'PLpgSQL_stmt_commit' || kind === 'PLpgSQL_stmt_rollback') {
      found.push({ kind: 'says', effect: 'unknown', reason: 'transaction-control' });
    }
    if (kind === 'PLpgSQL_expr') found.push(...expression(grammar, inner, dynamic.has(inner), readInner));
  }
  return found;
}

function languageOf(node: Node): string {
  if (!('DoStmt' in node)) return '';
  for (const [kind, element] of nodesIn(node.DoStmt.args)) {
    if (kind !== 'DefElem' || element.defname !== 'language') continue;
    const value = element.arg as Node | undefined;
    if (value !== undefined && 'String' in value) return (value.String.sval ?? '').toLowerCase();
  }
  return 'plpgsql';
}

/** A statement, or an expression: `parseMode` 0 is a statement, the others are expressions and assignments. */
function expression(
  grammar: Grammar,
  { query, parseMode }: Record<string, unknown>,
  isDynamic: boolean,
  readInner: ReadInner,
): Action[] {
  if (typeof query !== 'string') return [];
  try {
    if (isDynamic) {
      const constant = constantOf(grammar, query);
      if (constant === undefined) return [{ kind: 'says', effect: 'unknown', reason: 'dynamic-sql' }];
      return inside(grammar, constant, readInner);
    }
    if (parseMode === 0 || parseMode === undefined) return inside(grammar, query, readInner);
    const text = parseMode === 2 ? query : query.replace(/^[^:=]*:?=/, '');
    return inside(grammar, `SELECT ${text}`, readInner);
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    return [{ kind: 'says', effect: 'unknown', reason: 'block-unreadable', object: error.message }];
  }
}

function inside(grammar: Grammar, sql: string, readInner: ReadInner): Action[] {
  return grammar.parse(sql).flatMap(({ stmt }) => (stmt === undefined ? [] : readInner(stmt)));
}

/** The text of `EXECUTE '…'`; undefined where it is put together. */
function constantOf(grammar: Grammar, query: string): string | undefined {
  const [only] = grammar.parse(`SELECT ${query}`);
  const select = only?.stmt;
  if (select === undefined || !('SelectStmt' in select)) return undefined;
  const [target] = select.SelectStmt.targetList ?? [];
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  return value !== undefined && 'A_Const' in value ? value.A_Const.sval?.sval : undefined;
}
