/** Titles, evidence and reasons of the checks. Keys start with `check.`. */
export const checks = {
  'check.server-version.title': 'PostgreSQL version',
} as const;
