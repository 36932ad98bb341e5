/** SSH hosts, host keys, questions asked while logging in. Keys start with `ssh.`. */
export const ssh = {
  'ssh.prompt.host-key.title': 'Is this the right host?',
  'ssh.fix.forget-known-host.title': 'Forget the old key',
  'ssh.fix.forget-known-host.where': 'In a terminal on this computer, once the new key is known to be right',
} as const;
