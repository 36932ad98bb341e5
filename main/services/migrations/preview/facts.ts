import { z } from 'zod';
import type { PostgresSession } from '../../../adapters/postgres/session.ts';
import type { Action } from './actions.ts';
import { type Asked, factsSql, type Wish } from './factsSql.ts';
import { keyOf, type Name } from './names.ts';

const relationSchema = z.object({
  asked: z.string(),
  /** Schema-qualified and quoted where PostgreSQL would. */
  name: z.string(),
  kind: z.string(),
  /** Estimated; exactly 0 where no row was ever kept. */
  rows: z.number(),
  /** Of the rows, those that are stored apart included. */
  bytes: z.number(),
  indexBytes: z.number(),
  owned: z.boolean(),
  rights: z.array(z.string()),
  /** Tables that refer to it, directly or through others. `deletes`: ON DELETE CASCADE all the way. */
  followers: z.array(z.object({ name: z.string(), deletes: z.boolean(), rows: z.number(), bytes: z.number() })),
  columns: z.array(z.object({ name: z.string(), type: z.string(), modifier: z.number(), base: z.string().nullable() })),
});
const dependentSchema = z.object({
  kind: z.string(),
  asked: z.string(),
  what: z.enum(['table', 'column', 'view', 'other']),
  name: z.string(),
  rows: z.number(),
  bytes: z.number(),
});
const factsSchema = z.object({
  user: z.string(),
  superuser: z.boolean(),
  version: z.number(),
  /** Where something without a schema is made; null where there is no such place. */
  schema: z.string().nullable(),
  schemas: z.array(z.object({ name: z.string(), mayCreate: z.boolean() })),
  mayCreateSchemas: z.boolean(),
  relations: z.array(relationSchema),
  types: z.array(z.object({ asked: z.string(), name: z.string() })),
  extensions: z.array(
    z.object({ name: z.string(), installed: z.boolean(), available: z.boolean(), trusted: z.boolean() }),
  ),
  /** Pairs of types whose values are stored alike. */
  alike: z.array(z.tuple([z.string(), z.string()])),
  /** Of the functions that were asked for: those that nobody knows the working of, and those whose values differ each time. */
  ownFunctions: z.array(z.string()),
  volatileFunctions: z.array(z.string()),
  dependents: z.array(dependentSchema),
});

/** What the database says about the names in pending migrations. */
export type Facts = z.infer<typeof factsSchema>;
export type RelationFacts = z.infer<typeof relationSchema>;
export type Dependent = z.infer<typeof dependentSchema>;

/** The names that the actions ask about. */
export function wishOf(actions: Iterable<Action>): Wish {
  const [relations, types, cascades] = [
    new Map<string, Asked>(),
    new Map<string, Asked>(),
    new Map<string, Wish['cascades'][0]>(),
  ];
  const [functions, schemas, extensions] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const about = (name: Name) => void relations.set(keyOf(name), asked(name));
  for (const action of actions) {
    switch (action.kind) {
      case 'create':
        about(action.relation);
        break;
      case 'drop': {
        about(action.name);
        const { what, name } = action;
        cascades.set(`${what} ${keyOf(name)}`, { kind: what, ...asked(name) });
        break;
      }
      case 'rename':
        about(action.from);
        break;
      case 'requires':
        about(action.on);
        break;
      case 'requires-schema':
        if (action.schema !== undefined) schemas.add(action.schema);
        break;
      case 'extension':
        extensions.add(action.name);
        break;
      case 'calls':
        for (const name of action.functions) functions.add(name);
        break;
      case 'set-type':
        types.set(action.type.text, { ...asked(action.type.name), asked: action.type.text });
        about(action.table);
        break;
      case 'default':
        for (const name of action.functions) functions.add(name);
        about(action.table);
        break;
      case 'work':
        about(action.table);
        for (const name of action.calls ?? []) functions.add(name);
        if (action.unlessIndex !== undefined) about(action.unlessIndex);
        break;
      case 'add-column':
      case 'rename-column':
      case 'lock':
      case 'validate':
        about(action.table);
        break;
      case 'requires-database':
      case 'says':
        break;
    }
  }
  return {
    relations: [...relations.values()],
    types: [...types.values()],
    extensions: [...extensions],
    functions: [...functions],
    schemas: [...schemas],
    cascades: [...cascades.values()],
  };
}

function asked(name: Name): Asked {
  return { asked: keyOf(name), schema: name.schema ?? null, name: name.name };
}

/**
 * Asks about all of them in one round trip, in a transaction that can't write. Valid on PostgreSQL 13 to 18. Raises `statement-timeout`,
 * `lock-timeout` and what else stops a read.
 */
export async function gatherFacts({ readable }: Pick<PostgresSession, 'readable'>, wish: Wish): Promise<Facts> {
  const results = await readable.readAll([
    "SET LOCAL lock_timeout = '5s'",
    "SET LOCAL statement_timeout = '30s'",
    // Compiling it takes longer than running it.
    'SET LOCAL jit = off',
    factsSql(wish),
  ]);
  return factsSchema.parse(results.at(-1)?.[0]?.facts);
}
