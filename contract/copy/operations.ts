/** Names and outcomes of operations. Keys start with `operation.`. */
export const operations = {
  'operation.kind.connect': 'Connection test',
  'operation.kind.check': 'Checks',
  'operation.kind.fix': 'Fix',
  'operation.kind.ssh-test': 'SSH test',
  'operation.kind.practice-start': 'Start of the practice database',
  'operation.kind.server-start': 'Start of the server',
  'operation.kind.server-stop': 'Stop of the server',
  'operation.kind.server-restart': 'Restart of the server',
  'operation.kind.provision': 'Preparing the database',
  'operation.kind.compose-write': 'Writing the compose file',
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
} as const;
