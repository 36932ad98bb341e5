/** Preparing a database for Aperture with an administrator's login. Keys start with `provision.`. */
export const provisioning = {
  'provision.plan.title': 'Prepare the database {database} with the role {role} on {host}',
  'provision.plan.nothing': 'The role {role} and the database {database} on {host} need no change',
  'provision.note.administrator':
    'Runs as {administrator}, whose login is used for this once and is not stored. Statements run one after the other; if it stops half-way, those that ran stay, and running it again continues.',
  'provision.note.verifier':
    'The password is sent as its SCRAM verifier, so that the server never sees it in a statement and cannot log it.',
  'provision.note.clear-text':
    'This provider takes passwords in clear text only. Its log may keep the statement with the password in it.',
  'provision.note.role-kept': 'The role {role} exists already and its password is right. It is left as it is.',
  'provision.note.role-password':
    'The role {role} exists already and gets a new password. Whatever else logs in as {role} needs the new one.',
  'provision.note.role-altered': 'The role {role} exists already and is changed only where it could not be used.',
  'provision.note.role-superuser':
    'The role {role} is a superuser. Aperture needs no such rights; a role of its own is safer.',
  'provision.note.member':
    '{administrator} becomes a member of {role}: PostgreSQL asks for that before it may make a database for another role. REVOKE takes it back afterwards.',
  'provision.note.database-kept':
    'The database {database} exists already and belongs to {role}. Its contents stay as they are.',
  'provision.note.database-owner':
    'The database {database} exists already, is empty and belongs to {owner}. It is handed over to {role}.',
  'provision.note.database-foreign':
    'The database {database} exists already, belongs to {owner} and holds {count, plural, one {# table} other {# tables}}. Its owner is not changed; {role} gets the right to create in it. A database of its own is the better choice.',
  'provision.note.database-encoding':
    'The database {database} has the encoding {encoding}, which cannot be changed. Aperture needs UTF8: choose another name.',
  'provision.note.utf8':
    'This server’s own template has the encoding {encoding}. The database is made with UTF8 and the sort order C.',
  'provision.note.extension-unavailable':
    'The extension {extension} is not installed on the server, so that it cannot be enabled yet. The checks show how to install it on this kind of server.',
  'provision.note.extension-not-permitted':
    '{administrator} may not enable the extension {extension} on this server. A superuser can, once, with: {statement};',
  'provision.note.may-not-create-role':
    '{administrator} has not got the right to create roles (CREATEROLE), so that PostgreSQL will refuse that statement.',
  'provision.note.may-not-create-database':
    '{administrator} has not got the right to create databases (CREATEDB), so that PostgreSQL will refuse that statement.',
  'provision.note.password-encoding':
    'The chosen password has characters that are encoded in a URL. Aperture’s built-in backup does not decode them; letters and digits are safe.',
  'provision.step.login': 'Logging in as the administrator',
  'provision.step.run': 'Running the statements',
  'provision.step.verify': 'Logging in as the new role',
  'provision.step.check': 'Running the checks',
  'provision.outcome':
    '{count, plural, =0 {Nothing had to be changed} one {# statement ran} other {# statements ran}}; {role} can log in to {database}',

  'problem.password-normalised.title': 'This password would not work everywhere',
  'problem.password-normalised.cause':
    'It has characters that PostgreSQL normalises before it compares passwords (SASLprep). The Aperture server’s driver sends them as they are, and would be refused.',
  'problem.password-normalised.next': 'Choose one of letters and digits, or let the app make one.',

  'cli.provision.description':
    'Prepares a PostgreSQL server for Aperture: role, database, extensions and rights, with an administrator’s login',
  'cli.provision.url': 'where the server is, e.g. postgres://db.lan:5432; a login in it is the administrator’s',
  'cli.provision.instance': 'an instance that the app knows: its server, role and database',
  'cli.provision.admin-user': 'the administrator’s role; its login is used for this once and is not stored',
  'cli.provision.admin-password-stdin': 'read the administrator’s password from the first line of standard input',
  'cli.provision.password-stdin':
    'read the password for Aperture’s role from standard input (the second line with --admin-password-stdin); otherwise one is generated',
  'cli.provision.role': 'Aperture’s role (default: aperture, or the instance’s)',
  'cli.provision.database': 'Aperture’s database (default: aperture, or the instance’s)',
  'cli.provision.name': 'what to call the instance that is made',
  'cli.provision.plan': 'show what would run, and change nothing',
  'cli.provision.script': 'print it as a script for psql, for whoever has an administrator’s login',
  'cli.provision.yes': 'run it',
  'cli.provision.session': 'do not keep the password in the keychain; it has to be given, then',
  'cli.provision.session-password':
    'With --session the password is kept nowhere, so it has to be given with --password-stdin.',
  'cli.provision.which': 'Give either --url or --instance.',
  'cli.provision.one-of': 'Give one of --plan, --script and --yes.',
  'cli.provision.no-administrator':
    'Give the administrator’s login with --admin-user, or in the connection string. Without one, --script prints what an administrator has to run.',
  'cli.provision.admin-password': 'Its password is asked for at a terminal, or read with --admin-password-stdin.',
  'cli.provision.wish': '{field, select, role {The role} other {The database}} cannot be called “{value}”: {reason}.',
  'cli.provision.confirm': 'Nothing was changed. --yes runs it.',
  'cli.provision.nothing': 'Nothing has to be changed.',
  'cli.provision.step': '-- {number}. in database {database}, as {role}',
  'cli.provision.done': '{outcome}. Instance: {name} ({id}).',
  'cli.provision.script-kept':
    'The password is kept for {name}. Let an administrator run this with psql, then check with: check --instance {name}',
} as const;
