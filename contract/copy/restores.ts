/** Restores: steps, verdicts, outcomes. Keys start with `restore.`, `drill.` and `operation.`. */
export const restores = {
  'operation.kind.restore': 'Restore',
  'operation.kind.restore-undo': 'Putting the former database back',
  'operation.kind.restore-clean': 'Removing databases of restores',
  'operation.kind.drill': 'Restore drill',

  'restore.step.read': 'Read the backup to its end',
  'restore.step.check': 'Check what it needs',
  'restore.step.create': 'Make a new database',
  'restore.step.restore': 'Restore into it',
  'restore.step.verify': 'Count and compare',
  'restore.step.stop': 'Stop the server',
  'restore.step.exchange': 'Put it in the place of the other',
  'restore.step.start': 'Start the server',
  'restore.step.remove': 'Remove',
  'restore.step.look': 'Look what is there',

  'restore.outcome':
    '{name} is in use: {tables} tables, {rows} rows, {embeddings} embeddings, {users} users; {compared, plural, =0 {the backup has no manifest to compare with} other {# tables counted and equal to the backup}}. The former database is kept as {kept}.',
  'restore.outcome.slow':
    '{name} is in use: {tables} tables, {rows} rows, {embeddings} embeddings, {users} users; {compared, plural, =0 {the backup has no manifest to compare with} other {# tables counted and equal to the backup}}. The former database is kept as {kept}. The server is not ready yet; its own screen tells why.',
  'restore.outcome.undone': '{database} is the former database again. The other one is kept as {aside}.',
  'restore.outcome.undone.slow':
    '{database} is the former database again. The other one is kept as {aside}. The server is not ready yet; its own screen tells why.',
  'restore.outcome.resumed': '{database} is the restored database now. The former one is kept as {kept}.',
  'restore.outcome.resumed.slow':
    '{database} is the restored database now. The former one is kept as {kept}. The server is not ready yet; its own screen tells why.',
  'restore.health.empty': 'It is empty.',
  'restore.outcome.cleaned':
    '{removed, plural, =0 {No database had to be removed} one {One database was removed} other {# databases were removed}}, {started, plural, =0 {no server had been left stopped} one {one server was started again} other {# servers were started again}}.',
  'restore.outcome.removed': '{name} was removed.',
  'drill.outcome.proven':
    '{name} can be restored: {tables} tables and {rows} rows, as the backup says. A restore takes about {seconds} seconds.',
  'drill.outcome.no-manifest':
    '{name} can be restored: {tables} tables and {rows} rows. It has no manifest that they could be compared with. A restore takes about {seconds} seconds.',

  'restore.check.archive': 'The backup is whole',
  'restore.check.archive.proven': '{name}: its checksum is that of the archive that was read to its end.',
  'restore.check.archive.read': '{name} was read to its end.',
  'restore.check.archive.no-manifest':
    '{name} was read to its end. It has no manifest, so that the rows cannot be compared with it.',

  'restore.check.instance': 'It is of this instance',
  'restore.check.instance.same': 'It was made of {name}.',
  'restore.check.instance.other':
    'It was made of another instance, {name}. Everything in {instance} is replaced by that one’s data.',
  'restore.check.instance.unknown': 'It does not say of which instance it was made.',
  'restore.check.instance.not-aperture': 'It has no ledger of Aperture’s migrations: it may be of another program.',

  'restore.check.tool': 'A tool that can restore it',
  'restore.check.tool.fits': '{tool} {version} on {place}.',
  'restore.check.tool.older-target':
    '{tool} {version} on {place}. It sets transaction_timeout, which PostgreSQL {server} does not know; that error is expected and left out.',
  'restore.check.tool.missing':
    'It was made with pg_dump {made}; nothing that was found can restore it. Found: {found}.',
  'restore.check.tool.restrict':
    'It is SQL text. A psql that knows \\restrict is needed, so that nothing in it can run programs on the computer where it is restored. Found: {found}.',
  'restore.fix.tool': 'Install PostgreSQL’s client programs, {major} or newer',

  'restore.check.server-major': 'The server’s version',
  'restore.check.server-major.same': 'Dumped from PostgreSQL {from}, the server is {to}.',
  'restore.check.server-major.newer': 'Dumped from PostgreSQL {from}, the server is the newer {to}.',
  'restore.check.server-major.older':
    'Dumped from PostgreSQL {from}, the server is the older {to}. PostgreSQL does not promise that this works; what does not ends the restore before anything is exchanged.',
  'restore.check.server-major.unknown': 'The dump does not say from which version it is; the server is {to}.',

  'restore.check.extensions': 'Extensions',
  'restore.check.extensions.there': 'All of them can be made: {names}.',
  'restore.check.extensions.none': 'It needs none.',
  'restore.check.extensions.unknown': 'SQL text does not tell beforehand which it needs.',
  'restore.check.extensions.missing': 'Not installed on the server: {names}.',
  'restore.check.extensions.older': 'Older on the server than in the backup: {names}.',
  'restore.check.extensions.refused': '{user} may not make these, and no administrator has made them trusted: {names}.',
  'restore.fix.extensions': 'Install them on the database server',

  'restore.fix.template': 'Let new databases have them',
  'restore.fix.template.where': 'In psql, as an administrator, connected to template1',
  'restore.fix.template.why':
    'What template1 has, a database that is made like it has from the beginning. It must have the encoding and the collation of the database that is there.',

  'restore.check.objects': 'What the role may make',
  'restore.check.objects.all': 'Everything in it can be made by {user}.',
  'restore.check.objects.left-out': 'Left out, because only an administrator may make them: {names}.',

  'restore.check.encoding': 'Encoding and collation',
  'restore.check.encoding.same': 'The new database gets {encoding} and {collate}, like the one that is there.',
  'restore.check.encoding.other':
    'The backup is in {from}, the database in {to}. Characters that {to} does not have end the restore before anything is exchanged.',
  'restore.check.encoding.collation':
    'The operating system’s sort order has changed since the database was made. The new one is made with the new order.',

  'restore.check.maintenance': 'A database to work from',
  'restore.check.maintenance.there': '{database} can be reached.',
  'restore.check.maintenance.missing':
    'Neither postgres nor template1 lets {user} in. A database cannot be renamed by somebody who is connected to it.',
  'restore.fix.maintenance': 'Let the role connect to postgres',
  'restore.fix.maintenance.where': 'In psql, as an administrator of the database server',

  'restore.check.rights': 'Rights of the role',
  'restore.check.rights.all': '{user} may make databases and owns {database}.',
  'restore.check.rights.createdb': '{user} may not make databases.',
  'restore.check.rights.owner': '{user} does not own {database}, so it may not rename it.',
  'restore.fix.createdb': 'Let the role make databases',
  'restore.fix.owner': 'Make the role the owner',

  'restore.check.space': 'Space on the database server',
  'restore.check.space.enough': 'About {needed} MB are needed, {free} MB are free.',
  'restore.check.space.short': 'About {needed} MB are needed, only {free} MB are free.',
  'restore.check.space.unknown':
    'About {needed} MB are needed beside the {now} MB of now. How much is free cannot be seen from here.',

  'restore.check.ledger': 'Migrations',
  'restore.check.ledger.same': 'The backup has the {count} migrations that the server brings.',
  'restore.check.ledger.older':
    'The backup is older than the server: when it starts it applies {count, plural, one {one migration} other {# migrations}}, from {first} on.',
  'restore.check.ledger.older-off':
    'The backup is older than the server: {count, plural, one {one migration is} other {# migrations are}} pending, from {first} on, and the server does not apply them by itself.',
  'restore.check.ledger.newer':
    'The backup is newer than the server, which does not know {count, plural, one {one migration} other {# migrations}}, {names}. It starts without a word and may fail later; update it first.',
  'restore.check.ledger.against-now':
    'The backup has {backup} migrations, the database that is there {now}. The server’s image was not asked.',
  'restore.check.ledger.unknown': 'The backup does not say which migrations it has.',

  'restore.check.sessions': 'Who is connected',
  'restore.check.sessions.server': 'The server {container} is stopped for the exchange and started again.',
  'restore.check.sessions.none': 'Nobody but the app.',
  'restore.check.sessions.ended':
    '{count, plural, one {One other session is} other {# other sessions are}} ended for the exchange.',
  'restore.check.sessions.firm':
    '{count, plural, one {One session} other {# sessions}} cannot be ended by {user}: {sessions}. As long as they last the exchange is refused.',

  'restore.check.pooler': 'A direct connection',
  'restore.check.pooler.direct': 'Sessions are the server’s own.',
  'restore.check.pooler.pooled':
    'A pooler gives each transaction another session. A restore needs a direct address, or one in session mode.',
} as const;

/** Keys start with `problem.restore-`. */
export const restoreProblems = {
  'problem.restore-tool-missing.title': 'No {tool} can restore this',
  'problem.restore-tool-missing.cause': 'It takes {tool} {major} or newer. Found: {found}.',
  'problem.restore-tool-missing.next': 'Install PostgreSQL’s client programs, then try again.',

  'problem.restore-failed.title': 'The restore did not get to its end',
  'problem.restore-failed.cause': '{tool} says: {message}',
  'problem.restore-failed.next':
    'The database that is in use was not touched, and the unfinished one was removed. The log has all that the tool said.',

  'problem.restore-refused.title': 'This restore is not possible as things are',
  'problem.restore-refused.cause': '{reasons}',
  'problem.restore-refused.next': 'Nothing was touched. The plan shows what to do about each.',

  'problem.restore-unproven.title': 'What was restored is not what the backup says',
  'problem.restore-unproven.cause': '{differences}',
  'problem.restore-unproven.next':
    'The database that is in use was not touched, and the new one was removed. Try another backup.',

  'problem.restore-nothing-kept.title': 'There is no former database to put back',
  'problem.restore-nothing-kept.cause': 'Beside {database} no database is kept on this server.',
  'problem.restore-nothing-kept.next': 'Restore a backup from before.',

  'problem.restore-nothing-ready.title': 'There is nothing to finish',
  'problem.restore-nothing-ready.cause': 'Beside {database} no restored database waits for being put in its place.',
  'problem.restore-nothing-ready.next': 'Restore a backup anew.',

  'problem.restore-side-missing.title': 'There is no such database',
  'problem.restore-side-missing.cause': '{name} is not among the databases that restores have made or set aside.',
  'problem.restore-side-missing.next': 'The list of restores shows which there are.',

  'problem.restore-side-in-use.title': 'Another restore is at this database',
  'problem.restore-side-in-use.cause': '{name} is being filled right now.',
  'problem.restore-side-in-use.next': 'Wait until it has ended, or cancel it first.',

  'problem.restore-not-healthy.title': 'The database in use has not been healthy since',
  'problem.restore-not-healthy.cause': '{reason} As long as this is so the former database is the way back.',
  'problem.restore-not-healthy.next': 'Get the server ready first, or put the former database back.',

  'problem.restore-no-backup.title': 'There is no backup to restore',
  'problem.restore-no-backup.cause': '{name} has no backup that was read to its end.',
  'problem.restore-no-backup.next': 'Make one, or name a file.',
} as const;
