/** Restores into the database in use, and of single tables. Keys start with `restore-in-place.`, `restore-table.` and `cli.restore-in-place.`. */
export const restoresInPlace = {
  'operation.kind.restore-table': 'Restore of single tables',

  'restore-in-place.step.read': 'Read the backup to its end',
  'restore-in-place.step.look': 'Look what is there',
  'restore-in-place.step.stop': 'Stop the server',
  'restore-in-place.step.backup': 'Back up what is there',
  'restore-in-place.step.restore': 'Replace everything in one transaction',
  'restore-in-place.step.analyze': 'Gather statistics',
  'restore-in-place.step.start': 'Start the server',
  'restore-in-place.safety-label': 'Before restoring {name}',

  'restore-in-place.outcome':
    '{database} is what {name} says: {tables} tables, {rows} rows, {embeddings} embeddings, {users} users; {compared, plural, =0 {there is no manifest to compare with} other {# tables counted and equal}}.{safety, select, none {} other { What was there before: {safety}.}}',
  'restore-table.outcome': '{tables, plural, one {One table} other {# tables}} restored into the schema {schema}.',
  'restore-table.step.restore': 'Restore beside the tables of now',

  'restore-in-place.note.transaction':
    'It happens in one transaction: after any error, cancelled or killed at any moment, everything is as it was. Whoever reads {database} waits for its end.',
  'restore-in-place.note.removes':
    '{count, plural, =0 {Nothing has to be removed} one {One object is removed} other {# objects are removed}} before the backup’s own are made, in the schemas {schemas}.',
  'restore-in-place.note.unknown':
    '{count, plural, one {One table is} other {# tables are}} not in the backup and will be gone: {names}.',
  'restore-in-place.note.left-alone': 'Left as they are, because they belong to others or to an extension: {names}.',
  'restore-in-place.note.left-out':
    'Left out of the backup, because they are no part of a schema and may be used by others: {names}.',
  'restore-in-place.note.grants':
    'Rights that others have on {count, plural, one {one table} other {# tables}} are not in the restored ones: {names}.',
  'restore-in-place.note.server': 'The server {container} is stopped first and started again, whatever happens.',
  'restore-in-place.note.no-server':
    'No server is linked. A server that is running should be stopped by hand: its sessions are ended, but it may come back.',
  'restore-in-place.note.sessions':
    '{count, plural, one {One other session is} other {# other sessions are}} ended: {sessions}.',
  'restore-in-place.note.firm':
    '{count, plural, one {One session} other {# sessions}} cannot be ended by {user}. Should one hold a lock the restore gives up after {seconds} seconds: {sessions}.',
  'restore-in-place.note.space':
    'Until it is committed the old and the new data are both on the server: about {needed} MB more than the {now} MB of now. How much is free cannot be seen from here.',
  'restore-in-place.note.safety': 'A verified backup of what is there now is made first, into {folder}.',
  'restore-in-place.note.older':
    'The backup has {backup} migrations, the database {now}. A server that applies migrations on start applies what is missing.',
  'restore-in-place.note.newer':
    'The backup has {backup} migrations, the database {now}. The server should be at least as new as the backup.',
  'restore-in-place.note.other-instance':
    'The backup was made of another instance, {name}. Everything in {instance} is replaced by that one’s data.',
  'restore-in-place.note.no-manifest': 'The backup has no manifest: rows cannot be compared with it.',
  'restore-in-place.note.role': 'Everything is made as {owner}, who owns what is there now.',
  'restore-in-place.note.without-safety':
    'No backup of what is there now is made. Once this is committed nothing brings it back: {rows} rows in {tables} tables.',

  'restore-in-place.blocked.not-owner':
    '{user} does not own {count, plural, one {one object} other {# objects}} that the backup has, too, and so may not replace them: {names}.',
  'restore-in-place.blocked.depends': 'Of others, and depending on what would be removed: {names}.',
  'restore-in-place.blocked.extension':
    'The backup needs extensions that are not there and that {user} may not make: {names}.',
  'restore-in-place.blocked.unreadable':
    '{user} may not read these, so that no backup of what is there now can be made first: {names}. It can be done without one.',
  'restore-in-place.blocked.schema': '{user} may not make anything in the schema {name}.',
  'restore-in-place.blocked.tool':
    'It takes pg_restore {major} or newer with a psql beside it that knows \\restrict. Found: {found}.',

  'cli.restore-in-place.in-place':
    'Replaces what is in the database by a backup, in one transaction. For where a new database cannot be made.',
  'cli.restore-in-place.inspect': 'Tells what is inside of a backup.',
  'cli.restore-in-place.table': 'Restores single tables into a schema of their own, beside what is there.',
  'cli.restore-in-place.instance': 'the instance, by name or id',
  'cli.restore-in-place.backup': 'the backup, by its id',
  'cli.restore-in-place.file': 'a dump that is a file',
  'cli.restore-in-place.plan': 'tells what would be done and does nothing; exits with 1 when it would be refused',
  'cli.restore-in-place.yes': 'does it',
  'cli.restore-in-place.confirm': 'the name of the instance, since what is there is replaced',
  'cli.restore-in-place.without-safety-backup':
    'makes no backup of what is there now: once the restore is committed, nothing brings it back',
  'cli.restore-in-place.one-source': 'One of --backup and --file is needed.',
  'cli.restore-in-place.one-of': 'One of --plan and --yes.',
  'cli.restore-in-place.say-yes': 'Nothing was done. Add --yes --confirm "{name}" to do it.',
  'cli.restore-in-place.confirm-wrong': '--confirm has to be the name of the instance: {name}.',
  'cli.restore-in-place.table.rows': '{rows} rows',
  'cli.restore-in-place.plan.title': 'Replace everything in {database} ({instance}) by {name}',
  'cli.restore-in-place.plan.backup': 'in the backup',
  'cli.restore-in-place.plan.now': 'now',
  'cli.restore-in-place.plan.tables': 'tables',
  'cli.restore-in-place.plan.rows': 'rows',
  'cli.restore-in-place.plan.embeddings': 'embeddings',
  'cli.restore-in-place.plan.users': 'users',
  'cli.restore-in-place.plan.migrations': 'migrations',
  'cli.restore-in-place.plan.more': '… and {count} more',
} as const;

/** Keys start with `problem.restore-in-place-` and `problem.restore-table-`. */
export const restoreInPlaceProblems = {
  'problem.restore-in-place-failed.title': 'The restore was rolled back',
  'problem.restore-in-place-failed.cause': '{tool} says: {message}',
  'problem.restore-in-place-failed.next': 'Everything is as it was before. The log has all that the tool said.',
  'problem.restore-in-place-unproven.title': 'What was restored was not what the backup says',
  'problem.restore-in-place-unproven.cause': '{differences}',
  'problem.restore-in-place-unproven.next': 'It was not committed: everything is as it was before. Try another backup.',
  'problem.restore-in-place-unknown.title': 'It is not known yet whether the restore was committed',
  'problem.restore-in-place-unknown.cause':
    'The connection to {host} broke at the end of transaction {transaction}, and the server has not answered since.',
  'problem.restore-in-place-unknown.next':
    'The database is either all as before or all restored, nothing between. When the server answers again, compare the numbers with a plan of the same restore.',
  'problem.restore-table-missing.title': 'There is no such table in the backup',
  'problem.restore-table-missing.cause': '{names} is not in {backup}, or more than one table is called so.',
  'problem.restore-table-missing.next': 'Look inside of the backup, and name the table with its schema.',
  'problem.restore-table-unsuitable.title': 'This table cannot be restored by itself',
  'problem.restore-table-unsuitable.cause': '{name}: {reason}',
  'problem.restore-table-unsuitable.next': 'Restore the whole backup beside the database in use.',
} as const;
