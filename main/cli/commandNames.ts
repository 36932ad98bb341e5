/** The commands of the command line. Also tells them from what opens the window, before anything else is loaded: imports nothing. */
export const commandNames = [
  'check',
  'provision',
  'install',
  'server',
  'backup',
  'compose',
  'reach',
  'networks',
  'database',
  'migrate',
  'instances',
  'practice',
  'operations',
  'ssh-hosts',
  'tools',
] as const;
