/** Preparing the database with an administrator's login, or with a script for whoever has one. Keys start with `screen.prepare.`. */
export const setupPrepare = {
  'screen.prepare.title': 'Prepare the database',
  'screen.prepare.sub':
    'For a server that has no role or database for Aperture yet. Makes both with the names above, the three extensions and the rights, and leaves alone what is there.',
  'screen.prepare.open': 'Prepare it now',
  'screen.prepare.how': 'Who can log in as an administrator',
  'screen.prepare.how-login': 'I have an administrator’s login',
  'screen.prepare.how-script': 'Somebody else has it',
  'screen.prepare.login-text': 'Used for this once and not stored.',
  'screen.prepare.password-text':
    'Without a password above, a strong one is made for the role and kept where passwords are kept.',
  'screen.prepare.look': 'Show what would be done',
  'screen.prepare.run': 'Run these statements',
  'screen.prepare.nothing': 'Nothing has to be changed: role, database, extensions and rights are there.',
  'screen.prepare.done': 'The database is prepared. The connection is tried with its own login.',
  'screen.prepare.script-text':
    'The same as a script for psql, safe to run again. The password is not in it, only what PostgreSQL verifies it with.',
  'screen.prepare.script-make': 'Make the script',
  'screen.prepare.script-label': 'Script for the administrator',
  'screen.prepare.script-run':
    'To be run as: psql -h {host} -p {port} -U postgres -d postgres -f aperture-database.sql',
  'screen.prepare.script-save': 'Save as a file',
  'screen.prepare.script-saved': 'Saved as {path}',
  'screen.prepare.script-again': 'It has been run: try the connection',
  'screen.prepare.generate': 'Make a strong one',
  'screen.prepare.generated':
    'Made: 40 letters and digits. It is kept when the connection is tried or the set-up is left.',
} as const;
