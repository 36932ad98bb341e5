/** The practice database. Keys start with `practice.`. */
export const practice = {
  'practice.title': 'Practice',
  'practice.instanceName': 'Practice',
  'practice.step.start': 'Start PostgreSQL inside the app',
  'practice.step.answer': 'Wait until it answers',
  'practice.outcome.started': 'The practice database answers on {host}, port {port}.',
} as const;
