/** What went wrong (`title`), what causes it (`cause`), what to do (`next`), for each problem code. Keys: `problem.<code>.<part>`. SSH codes are in ssh.ts. */
export const problems = {
  'problem.cancelled.title': 'Cancelled',
  'problem.cancelled.cause': 'This was stopped before it finished.',
  'problem.cancelled.next': 'It can be started again at any time.',
} as const;
