/** Reading connection strings, TLS, providers, steps of a connection attempt. Keys start with `connecting.`. */
export const connecting = {
  'connecting.step.route': 'Opening the route',
  'connecting.step.dial': 'Reaching the server',
  'connecting.step.encryption': 'Encryption and certificate',
  'connecting.step.login': 'Logging in',
  'connecting.step.recognise': 'Recognising the server',
  'connecting.outcome.connected': 'Connected to {host}, PostgreSQL {version}, in {milliseconds} ms',

  'connecting.fix.enter-password': 'Enter the password again',
  'connecting.fix.use-tls-disable': 'Connect to this server without encryption',
  'connecting.fix.use-tls-require': 'Turn encryption on',
  'connecting.fix.use-tls-verify-full': 'Verify the certificate and the host name',
  'connecting.fix.trust-certificate': 'Trust this certificate for this instance',
  'connecting.fix.use-direct-address': 'Use the direct address instead of the pooler',
  'connecting.fix.use-session-pooler': 'Use the provider’s address that is reachable by IPv4',
  'connecting.fix.hba-line': 'Allow this client in pg_hba.conf',
  'connecting.fix.hba-line.why':
    'PostgreSQL reads the file from the top and takes the first line that matches, so this line goes above any “reject” line.',
  'connecting.fix.hba-reload': 'Have the file read again',
  'connecting.fix.hba-reload.why':
    'PostgreSQL reads pg_hba.conf at its start and when it is told to. Nothing needs a restart.',
  'connecting.fix.create-database': 'Create the database {database}',
  'connecting.fix.create-database.why': 'The owner, {user}, needs no further permissions in it.',
  'connecting.fix.create-role': 'Create the role {user}',
  'connecting.fix.create-role.why':
    'The second line works in psql: it asks for a new password and sends only its hash.',
  'connecting.fix.allow-login': 'Allow {user} to log in',
  'connecting.fix.extend-role': 'Remove the expiry date of {user}',
  'connecting.fix.role-limit': 'Raise the connection limit of {user}',
  'connecting.fix.database-limit': 'Raise the connection limit of {database}',
  'connecting.fix.limit.why': 'Aperture opens up to 20 connections; {count} leave room for a backup and for this app.',

  'connecting.where.superuser': 'In psql or another SQL client, logged in as an administrator of the server',
  'connecting.where.hba-file': 'In {path} on the database server',
  'connecting.where.hba-unknown':
    'In pg_hba.conf on the database server; the statement “SHOW hba_file” tells an administrator where it is',

  'connecting.tls.outcome.encrypted-verified': 'Encrypted, certificate verified',
  'connecting.tls.outcome.encrypted-unverified': 'Encrypted, certificate not verified',
  'connecting.tls.outcome.plain': 'Not encrypted',
  'connecting.tls.outcome.refused': 'Does not connect',
  'connecting.tls.reader.app': 'This app',
  'connecting.tls.reader.tools': 'PostgreSQL’s tools (pg_dump, psql)',
  'connecting.tls.reader.server': 'The Aperture server',
} as const;
