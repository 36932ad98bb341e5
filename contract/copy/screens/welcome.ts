/** Welcome and import. */
export const welcome = {
  'screen.welcome.title': 'Welcome',
  'screen.welcome.sub': 'Install Aperture on your own PostgreSQL, or look after one that runs already.',
  'screen.welcome.install': 'Install Aperture',
  'screen.welcome.install-text':
    'From an empty Docker host to a running server: the database found or made, every requirement checked, each step shown before it is done.',
  'screen.welcome.install-needs': 'Needs: Docker, on this computer or one that is reached by SSH',
  'screen.welcome.connect': 'Connect an existing instance',
  'screen.welcome.connect-text':
    'A server that runs already is taken over with its database. Or connect a database alone, and have every requirement checked.',
  'screen.welcome.connect-needs': 'Needs: where Aperture runs, or host, database, user and password',
  'screen.welcome.import': 'Import',
  'screen.welcome.import-text':
    'Take the connection from what is configured already: a compose file, a DATABASE_URL, .pgpass or pg_service.conf.',
  'screen.welcome.import-needs': 'Needs: the file, or its text',
  'screen.welcome.practice': 'Practice',
  'screen.welcome.practice-text':
    'See the whole way with an embedded PostgreSQL that the app brings along. Nothing to install, nothing that can break.',
  'screen.welcome.practice-needs': 'Needs: about ten seconds',
  'screen.welcome.practice-starting': 'Starting',
  'screen.import.title': 'Import',
  'screen.import.sub': 'Connections are read from the file; its passwords go straight to where passwords are kept.',
  'screen.import.file': 'From a file',
  'screen.import.file-text': 'A compose file, .env, .pgpass or pg_service.conf',
  'screen.import.paste': 'From text',
  'screen.import.paste-text': 'The content of such a file, or a connection string alone',
  'screen.import.pasted': 'From the text above',
  'screen.import.read': 'Read it',
  'screen.import.found':
    '{count, plural, =0 {No connection found} one {One connection found} other {# connections found}}',
  'screen.import.nothing':
    'No PostgreSQL connection is in it. A compose file needs a DATABASE_URL, or POSTGRES_USER and POSTGRES_DB.',
  'screen.import.source': 'Found in',
  'screen.import.with-password': 'Found',
  'screen.import.without-password': 'Not in the file',
  'screen.import.use': 'Use this connection',
} as const;
