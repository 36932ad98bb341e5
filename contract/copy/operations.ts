/** Names and outcomes of operations. Keys start with `operation.`. */
export const operations = {
  'operation.kind.connect': 'Connection test',
  'operation.kind.check': 'Checks',
  'operation.kind.fix': 'Fix',
  'operation.kind.ssh-test': 'SSH test',
  'operation.kind.practice-start': 'Start of the practice database',
} as const;
