import type { ServerFacts } from './facts.ts';
import type { Relation } from './factsSchema.ts';

/** The main tables of the server's schema: enough to recognise it, and to see a name clash coming. */
const patterns = [
  /^aperture_migrations$/,
  /^users$/,
  /^movies$/,
  /^series$/,
  /^episodes$/,
  /^(series_|episode_)?embeddings(_\d+)?$/,
  /^watch_history$/,
  /^user_ratings$/,
  /^recommendation_/,
  /^system_settings$/,
];

function isApertureName(name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}

/** The schema of this app in the managed database. */
export const companionSchemaName = 'companion';

/** Schemas that a provider puts into every database of its customers. */
const expectedSchemas =
  /^(auth|storage|realtime|vault|graphql|graphql_public|extensions|pgbouncer|pgsodium|pgsodium_masks|net|cron|supabase_\w+|_realtime|_analytics|neon\w*|rds\w*|azure\w*|google_\w+|aiven_extras)$/;

/**
 * Relations that are not Aperture's. Once its ledger is there, what stands beside it and belongs to the same role counts
 * as Aperture's: it has some 80 tables, and newer versions add more.
 */
export function foreignRelations(facts: ServerFacts): { foreign: Relation[]; clashing: Relation[] } | undefined {
  if (facts.relations === undefined) return undefined;
  const ledger = facts.ledgerPlace;
  const others = facts.relations.listed.filter(
    (each) =>
      each.schema !== companionSchemaName &&
      !expectedSchemas.test(each.schema) &&
      !(ledger !== null && each.schema === ledger.schema && each.owner === ledger.owner),
  );
  const inTheWay = (each: Relation) =>
    ledger === null && each.schema === facts.schemas.creationSchema && isApertureName(each.name);
  return {
    foreign: others.filter((each) => !inTheWay(each)),
    clashing: others.filter(inTheWay),
  };
}
