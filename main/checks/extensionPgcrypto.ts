import type { Check } from './check.ts';
import { contribResult } from './extensions.ts';

/** pgcrypto: the server makes its ids with it. */
export const extensionPgcrypto: Check = {
  id: 'extension-pgcrypto',
  applicable: () => true,
  run: (context) => contribResult('pgcrypto', context),
};
