/** The commands of the command line. Also tells them from what opens the window, before anything else is loaded: imports nothing. */
export const commandNames = [
  'check',
  'provision',
  'reach',
  'networks',
  'database',
  'server',
  'backup',
  'notify',
  'install',
  'compose',
  'migrate',
  'instances',
  'practice',
  'operations',
  'ssh-hosts',
  'tools',
] as const;
