/** Names and outcomes of operations. Keys start with `operation.`. */
export const operations = {
  'operation.kind.connect': 'Connection test',
  'operation.kind.check': 'Checks',
  'operation.kind.fix': 'Fix',
  'operation.kind.ssh-test': 'SSH test',
  'operation.kind.practice-start': 'Start of the practice database',
  'operation.state.running': 'Running',
  'operation.state.succeeded': 'Succeeded',
  'operation.state.failed': 'Failed',
  'operation.state.cancelled': 'Cancelled',
  'operation.state.interrupted': 'Interrupted',
  'operation.startedBy.window': 'Started in the window',
  'operation.startedBy.command-line': 'Started on the command line',
  'operation.startedBy.schedule': 'Started by the schedule',
  'operation.outcome.interrupted':
    'The app ended before this was finished. The last sign of it is from {lastSeen}. It can be started again.',
  'operation.outcome.unexpected':
    'This ended with an error that the app does not know. The report is in the app’s log under {reference}.',
  'operation.question.host-key':
    'The host {host}, port {port} is not known yet. Its {algorithm} key has the fingerprint {fingerprint}. Compare it with what the host itself shows before going on.',
  'operation.question.host-key.accept': 'Type yes to trust this key from now on: ',
  'operation.question.ssh-password': 'SSH password of {user} on {host}: ',
  'operation.question.key-passphrase': 'Passphrase of the key {path}: ',
  'operation.question.database-password': 'Password of {user} for the database {database} on {host}: ',
  'operation.question.wrong': 'That was not accepted.',
} as const;
