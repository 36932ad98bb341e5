import type { Check } from './check.ts';
import { contribResult } from './extensions.ts';

/** pg_trgm: one of the server's migrations creates it, although its guide does not list it. */
export const extensionPgTrgm: Check = {
  id: 'extension-pg_trgm',
  applicable: () => true,
  run: (context) => contribResult('pg_trgm', context),
};
