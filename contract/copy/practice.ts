/** The practice database. Keys start with `practice.`. */
export const practice = {
  'practice.title': 'Practice',
} as const;
