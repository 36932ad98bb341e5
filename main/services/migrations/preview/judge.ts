import {
  type StatementEffect,
  type StatementNeed,
  type StatementWarning,
  statementEffects,
} from '../../../../contract/migration.ts';
import { quoteIdentifier } from '../../../sql/quoting.ts';
import type { Action } from './actions.ts';
import { estimateSeconds } from './estimate.ts';
import type { Dependent, RelationFacts } from './facts.ts';
import { keyOf, type Name } from './names.ts';
import { keepsTable } from './typeChange.ts';
import type { World } from './world.ts';

/** A warning that has a query with it gets its exact number of rows later. */
export type Judged = { warning: StatementWarning; count?: string };
export type Judgement = { warnings: Judged[]; needs: StatementNeed[] };

/** The worst of them; `harmless` for none. */
export function worst(effects: Iterable<StatementEffect>): StatementEffect {
  const all = new Set(effects);
  return statementEffects.find((effect) => all.has(effect)) ?? 'harmless';
}

/** What the actions of one statement mean in a world, which takes them into account. Pure but for that. */
export function judge(actions: readonly Action[], world: World): Judgement {
  const warnings: Judged[] = [];
  const needs: StatementNeed[] = [];
  let skipped: string | undefined;
  for (const action of actions) {
    // ADD COLUMN IF NOT EXISTS of a column that is there: its defaults and checks are not even looked at.
    if (skipped !== undefined && 'table' in action && keyOf(action.table) === skipped && action.kind !== 'add-column') {
      if (action.kind === 'work' || action.kind === 'default') continue;
    }
    skipped = action.kind === 'add-column' && isThere(action, world) ? keyOf(action.table) : undefined;
    warnings.push(...warningsOf(action, world));
    const need = needOf(action, world);
    if (need !== undefined && !needs.some((one) => JSON.stringify(one) === JSON.stringify(need))) needs.push(need);
    world.apply(action);
  }
  return { warnings: withoutRepeats(warnings), needs };
}

function withoutRepeats(warnings: readonly Judged[]): Judged[] {
  const seen = new Set<string>();
  return warnings.filter(({ warning: { effect, reason, object } }) => {
    const key = JSON.stringify([effect, reason, object]);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function isThere({ table, column, ifNotExists }: Extract<Action, { kind: 'add-column' }>, world: World): boolean {
  const meaning = world.meaningOf(table);
  return ifNotExists && meaning.kind === 'there' && meaning.facts.columns.some(({ name }) => name === column);
}

function warningsOf(action: Action, world: World): Judged[] {
  switch (action.kind) {
    case 'says': {
      const { effect, reason, object } = action;
      return effect === 'harmless'
        ? []
        : [{ warning: { effect, reason, ...(object === undefined ? {} : { object }) } }];
    }
    case 'work':
      return workOn(action, world);
    case 'set-type': {
      const { table, column, type, using } = action;
      return onTable(table, world, (facts) => {
        const now = facts.columns.find(({ name }) => name === world.columnNow(table, column));
        const name = world.facts.types.find(({ asked }) => asked === type.text)?.name;
        const keeps = !using && now !== undefined && name !== undefined;
        if (keeps && keepsTable(now, { name, written: type }, world.facts.alike)) return [];
        return [sized(facts, 'rewrites-table', 'set-type', { kind: 'rewrite' }, column)];
      });
    }
    case 'default': {
      const { volatileFunctions } = world.facts;
      if (!action.functions.some((name) => volatileFunctions.includes(name))) return [];
      return onTable(action.table, world, (facts) => [
        sized(facts, 'rewrites-table', 'add-column-default', { kind: 'rewrite' }, action.column),
      ]);
    }
    case 'validate':
      // By itself it lets others read and write; behind a lock of the same transaction nobody does.
      return onTable(action.table, world, (facts) =>
        world.isLocked(action.table) ? [sized(facts, 'locks-table', 'validate', { kind: 'scan' })] : [],
      );
    case 'calls': {
      const own = action.functions.filter((name) => world.facts.ownFunctions.includes(name));
      return own.map((object) => ({ warning: { effect: 'unknown', reason: 'calls-function', object } }));
    }
    case 'drop':
      return dropped(action, world);
    case 'create':
    case 'rename':
    case 'rename-column':
    case 'add-column':
    case 'lock':
    case 'extension':
    case 'requires':
    case 'requires-schema':
    case 'requires-database':
      return [];
  }
}

function workOn(action: Extract<Action, { kind: 'work' }>, world: World): Judged[] {
  const { table, effect, reason, work, column, count, calls, unlessIndex } = action;
  if (unlessIndex !== undefined && world.meaningOf(unlessIndex).kind === 'there') return [];
  if (action.ifThere !== true && world.meaningOf(table).kind === 'missing') {
    return [{ warning: { effect: 'unknown', reason: 'table-missing', object: keyOf(table) } }];
  }
  return onTable(table, world, (facts) => {
    const now = column === undefined ? undefined : world.columnNow(table, column);
    // A column that the files themselves added, or that isn't there (IF EXISTS): nothing of the user's.
    if (column !== undefined && (now === undefined || !facts.columns.some(({ name }) => name === now))) {
      return effect === 'destroys-data' ? [] : [sized(facts, effect, reason, work, column)];
    }
    // The query asks by the names of now: behind a renaming they can be those of something else.
    const sameName = facts.asked === keyOf(table) && now === column;
    const safe = sameName && !(calls ?? []).some((name) => world.facts.volatileFunctions.includes(name));
    const judged = sized(facts, effect, reason, work, column);
    return [safe && count !== undefined ? { ...judged, count } : judged, ...followersOf(facts, action.follows, world)];
  });
}

/** The rows of other tables that go along with those of this one. */
function followersOf(
  { followers }: RelationFacts,
  follows: Extract<Action, { kind: 'work' }>['follows'],
  world: World,
): Judged[] {
  if (follows === undefined) return [];
  const hit = followers.filter(
    ({ name, deletes, rows }) => rows > 0 && (deletes || follows === 'truncate-cascades') && !world.isGone(name),
  );
  return hit.map(({ name, rows, bytes }) => ({
    warning: {
      effect: 'destroys-data',
      reason: follows,
      object: name,
      rows: Math.round(rows),
      rowsExact: false,
      bytes,
    },
    ...(follows === 'truncate-cascades' ? { count: `SELECT count(*) AS rows FROM ${name}` } : {}),
  }));
}

/** Nothing for what is new or empty: there are no rows to lose, to read or to wait for. */
function onTable(table: Name, world: World, body: (facts: RelationFacts) => Judged[]): Judged[] {
  const meaning = world.meaningOf(table);
  if (meaning.kind !== 'there') return [];
  const { facts } = meaning;
  const holdsRows = ['r', 'p', 'm', 'f', 'v'].includes(facts.kind);
  const isEmpty = facts.kind !== 'v' && facts.kind !== 'f' && facts.rows === 0;
  return holdsRows && !isEmpty ? body(facts) : [];
}

function sized(
  facts: RelationFacts,
  effect: StatementEffect,
  reason: StatementWarning['reason'],
  work: Parameters<typeof estimateSeconds>[0],
  column?: string,
): Judged {
  const seconds = estimateSeconds(work, facts);
  const object = column === undefined ? facts.name : `${facts.name}.${plain(column)}`;
  const { rows, bytes } = facts;
  return {
    warning: {
      effect,
      reason,
      object,
      rows: Math.round(rows),
      rowsExact: false,
      bytes,
      ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
    },
  };
}

/** Quoted only where it must be, as PostgreSQL prints names; keywords are left as they are. */
function plain(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

function dropped({ what, name, cascade }: Extract<Action, { kind: 'drop' }>, world: World): Judged[] {
  if (what === 'sequence') {
    const meaning = world.meaningOf(name);
    if (meaning.kind !== 'there') return [];
    return [{ warning: { effect: 'destroys-data', reason: 'drop-sequence', object: meaning.facts.name } }];
  }
  if (!cascade) return [];
  const tableOf = (one: Dependent) => (one.what === 'column' ? one.name.slice(0, one.name.lastIndexOf('.')) : one.name);
  const taken = world.facts.dependents.filter(
    (one) => one.kind === what && one.asked === keyOf(name) && !world.isGone(tableOf(one)),
  );
  const own = new Set(taken.filter((one) => one.what === 'table').map((one) => one.name));
  const lost = (one: Dependent, reason: StatementWarning['reason']): Judged => ({
    warning: {
      effect: 'destroys-data',
      reason,
      object: one.name,
      rows: Math.round(one.rows),
      rowsExact: false,
      bytes: one.bytes,
    },
    ...(one.what === 'table' ? { count: `SELECT count(*) AS rows FROM ${one.name}` } : {}),
  });
  return taken.flatMap((one): Judged[] => {
    if (one.what === 'view') return [{ warning: { effect: 'harmless', reason: 'cascade-view', object: one.name } }];
    if (one.rows === 0) return [];
    if (one.what === 'table') return [lost(one, what === 'schema' ? 'drop-schema' : 'cascade-table')];
    // The columns of a table that goes as a whole are no news.
    const isNews = one.what === 'column' && !own.has(tableOf(one));
    return isNews ? [lost(one, 'cascade-column')] : [];
  });
}

function needOf(action: Action, world: World): StatementNeed | undefined {
  const { facts } = world;
  if (action.kind === 'extension') {
    const found = facts.extensions.find(({ name }) => name === action.name);
    if (found?.installed === true) return undefined;
    if (found === undefined || !found.available) return { kind: 'extension', name: action.name, state: 'missing' };
    const permitted = facts.superuser || (found.trusted && facts.mayCreateSchemas);
    return { kind: 'extension', name: action.name, state: permitted ? 'available' : 'not-permitted' };
  }
  if (facts.superuser) return undefined;
  if (action.kind === 'requires-database') {
    return facts.mayCreateSchemas ? undefined : { kind: 'privilege', on: 'database', privilege: 'CREATE' };
  }
  if (action.kind === 'requires-schema') {
    const schema = action.schema ?? facts.schema;
    const found = facts.schemas.find(({ name }) => name === schema);
    // A schema that isn't there yet is made by the files themselves, and is then one's own.
    return found === undefined || found.mayCreate
      ? undefined
      : { kind: 'privilege', on: `schema ${found.name}`, privilege: 'CREATE' };
  }
  if (action.kind !== 'requires') return undefined;
  const meaning = world.meaningOf(action.on);
  if (meaning.kind !== 'there') return undefined;
  const has = action.privilege === 'owner' ? meaning.facts.owned : meaning.facts.rights.includes(action.privilege);
  return has
    ? undefined
    : {
        kind: 'privilege',
        on: meaning.facts.name,
        privilege: action.privilege === 'owner' ? 'OWNER' : action.privilege,
      };
}
