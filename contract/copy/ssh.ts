/**
 * SSH hosts and host keys (keys start with `ssh.`), and the problems with them
 * (`problem.ssh-….title`: what went wrong, `cause`: why, `next`: what to do).
 */
export const ssh = {
  'ssh.step.connect': 'Connecting and logging in',
  'ssh.step.ask-system': 'Asking the host about its system',
  'ssh.outcome.connected': 'Logged in to {host} as {user} in {milliseconds} ms',

  'ssh.fix.forget-known-host.title': 'Forget the old key',
  'ssh.fix.forget-known-host.where': 'In a terminal on this computer, once the new key is known to be right',

  'problem.ssh-dns-not-found.title': 'The SSH host {host} was not found',
  'problem.ssh-dns-not-found.cause': 'No address is known for the name {host}.',
  'problem.ssh-dns-not-found.next':
    'Check the spelling, or use the IP address. A name that only works inside a VPN needs the VPN to be connected.',

  'problem.ssh-connection-refused.title': 'Nothing answers on port {port} of {host}',
  'problem.ssh-connection-refused.cause': 'The computer was reached, but no SSH server listens on port {port}.',
  'problem.ssh-connection-refused.next':
    'Switch SSH on in the settings of the NAS or server, or enter the port on which it listens. Many devices use another port than 22.',

  'problem.ssh-timeout.title': '{host} did not answer in time',
  'problem.ssh-timeout.cause': 'The connection to port {port} was not answered, or the login stopped half-way.',
  'problem.ssh-timeout.next':
    'Check that the host is switched on and that no firewall drops connections to port {port}.',

  'problem.ssh-not-ssh.title': 'Port {port} of {host} is not an SSH server',
  'problem.ssh-not-ssh.cause': 'It answered with “{found}”, which is not how an SSH server begins.',
  'problem.ssh-not-ssh.next':
    'Enter the port of the SSH server. Web interfaces and databases listen on ports of their own.',

  'problem.ssh-host-key-unknown.title': 'The key of {host} was not accepted',
  'problem.ssh-host-key-unknown.cause':
    'The host showed the {algorithm} key {fingerprint}, which is neither in known_hosts nor accepted in this app. A key that is only vouched for by a certificate authority counts as unknown here.',
  'problem.ssh-host-key-unknown.next':
    'Compare the fingerprint with the one that the host prints, then connect again and accept it.',

  'problem.ssh-host-key-changed.title': 'The key of {host} has changed',
  'problem.ssh-host-key-changed.cause':
    'The host showed the {algorithm} key {fingerprint}. The key that is known is {expected} ({source, select, pin {accepted in this app} other {{source}}}). Either the host was reinstalled, or somebody is between this computer and the host. Nothing was sent.',
  'problem.ssh-host-key-changed.next':
    'Find out why the key changed and compare the new fingerprint on the host itself. Only then forget the old key: in Settings, SSH hosts, if it was accepted in this app, else in the known_hosts file.',

  'problem.ssh-host-key-revoked.title': 'The key of {host} is revoked',
  'problem.ssh-host-key-revoked.cause': 'The key {fingerprint} is marked as revoked in {source}.',
  'problem.ssh-host-key-revoked.next':
    'The host needs a new key. Do not connect until its administrator has replaced it.',

  'problem.ssh-known-hosts-unreadable.title': 'The known host keys cannot be read',
  'problem.ssh-known-hosts-unreadable.cause':
    '{path} is there but cannot be read ({reason}). Without it a changed key would go unnoticed.',
  'problem.ssh-known-hosts-unreadable.next': 'Make the file readable for this user, repair it, or move it away.',

  'problem.ssh-no-common-algorithm.title': '{host} and this app have no algorithm in common',
  'problem.ssh-no-common-algorithm.cause':
    'They agree on no {kind}. Old devices offer only algorithms that are considered broken.',
  'problem.ssh-no-common-algorithm.next':
    'Update the SSH server of the host, or go through another host that can still reach it.',

  'problem.ssh-authentication-failed.title': '{host} refused the login of {user}',
  'problem.ssh-authentication-failed.cause':
    'The server offers: {offered, select, none {nothing} other {{offered}}}. Tried: {tried, select, none {nothing} other {{tried}}}.',
  'problem.ssh-authentication-failed.next':
    'Check the user name and the way to log in. For a key, its public half belongs in ~/.ssh/authorized_keys of {user} on the host.',

  'problem.ssh-key-unreadable.title': 'The key file cannot be read',
  'problem.ssh-key-unreadable.cause': '{path} could not be opened ({reason}).',
  'problem.ssh-key-unreadable.next': 'Choose the file again, or make it readable for this user.',

  'problem.ssh-key-format.title': 'This is not a private key that can be used',
  'problem.ssh-key-format.cause': '{path} holds {found}.',
  'problem.ssh-key-format.next':
    'Choose the private key: RSA, ECDSA or Ed25519, in the OpenSSH or PEM format. The file without .pub is the private one.',

  'problem.ssh-key-ppk.title': 'This key is in the format of PuTTY',
  'problem.ssh-key-ppk.cause': '{path} is a .ppk file, which OpenSSH and this app do not read.',
  'problem.ssh-key-ppk.next':
    'Open it in PuTTYgen and choose Conversions, Export OpenSSH key; or run: puttygen key.ppk -O private-openssh -o key',

  'problem.ssh-key-passphrase-required.title': 'The key needs its passphrase',
  'problem.ssh-key-passphrase-required.cause': '{path} is encrypted, and nobody could be asked for the passphrase.',
  'problem.ssh-key-passphrase-required.next': 'Connect again and enter the passphrase, or add the key to an SSH agent.',

  'problem.ssh-key-passphrase-wrong.title': 'The passphrase does not fit the key',
  'problem.ssh-key-passphrase-wrong.cause': '{path} could not be decrypted with it.',
  'problem.ssh-key-passphrase-wrong.next': 'Enter the passphrase again. It belongs to the key file, not to the host.',

  'problem.ssh-agent-unreachable.title': 'No SSH agent answers',
  'problem.ssh-agent-unreachable.cause': 'Nothing answers at {socket}.',
  'problem.ssh-agent-unreachable.next':
    'Start the agent (ssh-agent, 1Password, the Windows service), or choose a key file instead.',

  'problem.ssh-agent-empty.title': 'The SSH agent holds no key that can be used',
  'problem.ssh-agent-empty.cause': 'The agent at {socket} answered, but it has no key for this host.',
  'problem.ssh-agent-empty.next': 'Add the key with ssh-add, or unlock the agent.',

  'problem.ssh-forwarding-refused.title': '{host} does not allow tunnels',
  'problem.ssh-forwarding-refused.cause':
    'The SSH server refused to open a connection to {target}: forwarding is switched off for this user.',
  'problem.ssh-forwarding-refused.next':
    'Set AllowTcpForwarding yes in the SSH server’s settings (on Synology, log in as an administrator), then restart it.',

  'problem.ssh-target-refused.title': '{host} cannot reach {target}',
  'problem.ssh-target-refused.cause': 'The login works, but from there nothing answers at {target}.',
  'problem.ssh-target-refused.next':
    'Enter the address as the SSH host sees it. For a database in a container on that host it is often 127.0.0.1 with the published port.',

  'problem.ssh-session-limit.title': '{host} allows no further session',
  'problem.ssh-session-limit.cause':
    'The SSH server has as many logins or sessions open as it allows (MaxSessions, MaxStartups).',
  'problem.ssh-session-limit.next': 'Close other sessions on the host, or raise MaxSessions in its settings.',

  'problem.ssh-connection-lost.title': 'The connection to {host} broke',
  'problem.ssh-connection-lost.cause':
    'The SSH connection ended while it was in use: the network changed, the computer slept, or the server was restarted.',
  'problem.ssh-connection-lost.next':
    'It is made again by itself when the host can be reached. Start again what was interrupted.',

  'problem.ssh-proxy-command.title': 'The ProxyCommand for {host} failed',
  'problem.ssh-proxy-command.cause':
    '{reason, select, windows {~/.ssh/config asks for a ProxyCommand, which is not run on Windows: {command}} other {The command did not lead to the host ({reason}): {command}}}',
  'problem.ssh-proxy-command.next':
    'Try the command in a terminal, or enter the host to go through as a jump host instead.',

  'problem.ssh-config-invalid.title': 'The SSH configuration cannot be used',
  'problem.ssh-config-invalid.cause': '{path} has no usable entry for {host}, or the way to it leads in a circle.',
  'problem.ssh-config-invalid.next': 'Correct the entry; ssh -G with the name of the host shows what is wrong.',

  'problem.ssh-command-failed.title': 'A command on {host} did not work',
  'problem.ssh-command-failed.cause': '{command} could not be run to its end.',
  'problem.ssh-command-failed.next': 'The details hold what the host said.',

  'problem.ssh-host-missing.title': 'This SSH host no longer exists',
  'problem.ssh-host-missing.cause': 'The SSH host {id} was removed, or belongs to another computer.',
  'problem.ssh-host-missing.next': 'Choose another way to the database, or add the host again in Settings, SSH hosts.',

  'problem.ssh-host-in-use.title': '{name} is still in use',
  'problem.ssh-host-in-use.cause': 'It is the way to: {by}.',
  'problem.ssh-host-in-use.next': 'Choose another way for these first.',

  'problem.command-timed-out.title': '{command} took too long on {host}',
  'problem.command-timed-out.cause': 'It had not ended after {seconds} s, and was ended by the app.',
  'problem.command-timed-out.next': 'Try again when {host} is less busy.',

  'problem.command-missing.title': '{command} is not installed on {host}',
  'problem.command-missing.cause': 'No program called {command} was found there.',
  'problem.command-missing.next': 'Install it on {host}, or check that it is on the PATH of the user that logs in.',
} as const;
