import type { DatabaseFacts } from '../../contract/check.ts';

const needed = ['vector', 'pgcrypto', 'pg_trgm'] as const;

/** The extensions that Aperture cannot do without, with the version that is enabled. */
export function neededExtensions(facts: DatabaseFacts): { name: string; installed?: string }[] {
  return needed.map((name) => ({
    name,
    installed: facts.extensions.find((extension) => extension.name === name)?.installed,
  }));
}
