/** SSH hosts, host keys, questions asked while logging in. Keys start with `ssh.`. */
export const ssh = {
  'ssh.prompt.host-key.title': 'Is this the right host?',
} as const;
