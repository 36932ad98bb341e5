import { type Grammar, GrammarError, type Node, type ScanToken } from '../../../adapters/sqlGrammar.ts';

/**
 * SQL that counts the rows that a DELETE or an UPDATE would hit, made of the statement's own text and proven by its tree: table and condition
 * of the query are those of the statement. Undefined for what this can't be said of (WITH, a cursor).
 */
export function countingQuery(grammar: Grammar, sql: string, node: Node): string | undefined {
  const what =
    'DeleteStmt' in node
      ? { ...node.DeleteStmt, others: node.DeleteStmt.usingClause, words: ['DELETE', 'FROM', 'USING'] }
      : 'UpdateStmt' in node
        ? { ...node.UpdateStmt, others: node.UpdateStmt.fromClause, words: ['UPDATE', 'UPDATE', 'FROM'] }
        : undefined;
  if (what === undefined || what.withClause !== undefined) return undefined;
  if (what.whereClause !== undefined && 'CurrentOfExpr' in what.whereClause) return undefined;
  try {
    const parts = partsOf(sql, topLevel(grammar.scan(sql)), what.words);
    const { table, others, condition } = parts;
    if (table === undefined) return undefined;
    const where = condition === undefined ? '' : ` WHERE ${condition}`;
    const query =
      others === undefined
        ? `SELECT count(*) AS rows FROM ${table}${where}`
        : `SELECT count(*) AS rows FROM ${table} WHERE EXISTS (SELECT FROM ${others}${where})`;
    return proves(grammar, query, what) ? query : undefined;
  } catch (error) {
    if (error instanceof GrammarError) return undefined;
    throw error;
  }
}

type Word = { word: string; start: number; end: number };

/** Tokens outside of parentheses, without comments. */
function topLevel(tokens: readonly ScanToken[]): Word[] {
  const words: Word[] = [];
  let depth = 0;
  for (const { text, start, end, keywordKind } of tokens) {
    if (text.startsWith('--') || text.startsWith('/*')) continue;
    if (text === ')' || text === ']') depth -= 1;
    if (depth === 0) words.push({ word: keywordKind === 0 ? text : text.toUpperCase(), start, end });
    if (text === '(' || text === '[') depth += 1;
  }
  return words;
}

type Parts = { table?: string; others?: string; condition?: string };

function partsOf(sql: string, words: readonly Word[], [verb = '', before = '', others = '']: string[]): Parts {
  const bytes = Buffer.from(sql, 'utf8');
  const find = (word: string, from = 0) => {
    const at = words.findIndex((one, index) => index >= from && one.word === word);
    return at < 0 ? words.length : at;
  };
  const between = (from: number, to: number): string | undefined => {
    const first = words[from];
    const last = words[to - 1];
    return first === undefined || last === undefined || to <= from
      ? undefined
      : bytes.toString('utf8', first.start, last.end);
  };
  if (words[0]?.word !== verb) return {};
  const end = find('RETURNING');
  const where = Math.min(find('WHERE'), end);
  const begin = find(before) + 1;
  const set = verb === 'UPDATE' ? find('SET', begin) : begin;
  // `IS DISTINCT FROM` is no clause.
  let other = find(others, set);
  while (other < where && words[other - 1]?.word === 'DISTINCT') other = find(others, other + 1);
  const parts: Parts = {};
  const table = between(begin, verb === 'UPDATE' ? set : Math.min(other, where));
  const rest = other < where ? between(other + 1, where) : undefined;
  const condition = where < end ? between(where + 1, end) : undefined;
  if (table !== undefined) parts.table = table;
  if (rest !== undefined) parts.others = rest;
  if (condition !== undefined) parts.condition = condition;
  return parts;
}

function proves(
  grammar: Grammar,
  query: string,
  what: { relation?: unknown; whereClause?: unknown; others?: unknown[] | undefined },
): boolean {
  const [only, ...more] = grammar.parse(query);
  const outer = only?.stmt;
  if (outer === undefined || more.length > 0 || !('SelectStmt' in outer)) return false;
  const { fromClause, whereClause } = outer.SelectStmt;
  const same = (a: unknown, b: unknown) => bare(a) === bare(b);
  if (fromClause?.length !== 1 || !same(fromClause[0], { RangeVar: what.relation })) return false;
  if (what.others === undefined) return same(whereClause, what.whereClause);
  const inner = whereClause !== undefined && 'SubLink' in whereClause ? whereClause.SubLink.subselect : undefined;
  if (inner === undefined || !('SelectStmt' in inner)) return false;
  return same(inner.SelectStmt.fromClause, what.others) && same(inner.SelectStmt.whereClause, what.whereClause);
}

/** A tree as text, without the places in the source. */
function bare(tree: unknown): string {
  const isPlace = /location$|list_(?:start|end)$/;
  return JSON.stringify(tree, (key, value: unknown) => (isPlace.test(key) ? undefined : value)) ?? '';
}
