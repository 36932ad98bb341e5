/** Running and rehearsing migrations, who runs them, and the companion's own schema. */
export const migrationRuns = {
  'migrate.plan.title':
    '{count, plural, =0 {Nothing to apply: {database} on {host} has all migrations of {source}} one {Apply # migration of {source} to {database} on {host}} other {Apply # migrations of {source} to {database} on {host}}}',
  'migrate.note.one-by-one':
    'Each file runs in a transaction of its own, together with its row in aperture_migrations. When one fails it is rolled back, the ones before it stay, and running again continues there.',
  'migrate.note.out-of-order':
    '{count, plural, one {# file sorts} other {# files sort}} before migrations that are applied already: {names}. The server would apply them all the same.',
  'migrate.note.unknown':
    '{count, plural, one {# applied migration is} other {# applied migrations are}} not in this source. An older server on a newer schema starts without a word; whether it works is another question.',
  'migrate.note.no-transaction':
    '{name}, line {line}: {command} cannot run inside of a transaction, and the server runs every file in one. This file would fail, here as there.',
  'migrate.note.destroys':
    '{name}, line {line}: destroys data{rows, plural, =-1 {} =0 { (no rows now)} one { (# row now)} other { (# rows now)}}: {object}',
  'migrate.note.rewrites':
    '{name}, line {line}: rewrites {object}. Nothing else can use it meanwhile, and it needs as much disk space again.',
  'migrate.note.needs-extension': '{name}, line {line}: needs the extension {extension} ({state})',
  'migrate.note.no-backup':
    'There is no verified backup of this database. What these statements delete cannot be brought back without one.',
  'migrate.note.backup': 'The newest verified backup is from {at}.',
  'migrate.note.server-stopped': 'The server’s container {container} is {state}.',
  'migrate.note.server-running':
    'The server’s container {container} runs. It has to be stopped while migrations run, and is started again afterwards, whatever happens.',
  'migrate.note.server-unknown':
    'Where the server runs is not known to the app, so that only its sessions tell whether it does.',
  'migrate.note.sessions':
    '{count, plural, one {# other session uses} other {# other sessions use}} the database: {who}',
  'migrate.step.look': 'Looking at the server',
  'migrate.step.stop': 'Stopping the server',
  'migrate.step.apply': 'Applying the migrations',
  'migrate.step.start': 'Starting the server again',
  'migrate.outcome':
    '{applied, plural, =0 {Nothing had to be applied} one {# migration applied} other {# migrations applied}} in {seconds} s',
  'migrate.outcome.restarted':
    '{applied, plural, =0 {Nothing had to be applied} one {# migration applied} other {# migrations applied}} in {seconds} s; the server was started again',

  'rehearse.step.copy': 'Making a copy of the database',
  'rehearse.step.count': 'Counting rows',
  'rehearse.step.apply': 'Applying the migrations to the copy',
  'rehearse.step.drop': 'Removing the copy',
  'rehearse.outcome':
    '{copy, select, tables {On empty tables} other {On a copy of all data}}: {applied, plural, =0 {nothing had to be applied} one {# migration went well} other {# migrations went well}}',
  'rehearse.outcome.failed':
    '{copy, select, tables {On empty tables} other {On a copy of all data}}: {migration} fails',

  'onStart.plan.title':
    'Have {who, select, server {the server apply its migrations when it starts} other {migrations applied by hand}}',
  'onStart.note.up':
    'The container takes it when it is made anew: docker compose up -d, in {folder} on {host}. A restart alone does not change it.',
  'onStart.note.same': 'The compose file says so already.',
  'onStart.outcome': 'RUN_MIGRATIONS_ON_START is {value} in {path}',

  'migrate.recovered':
    'The server’s container {container} had been left stopped by a run that did not end. It was started again.',

  'companion-schema.step.run': 'Applying the companion’s own migrations',
  'companion-schema.outcome': 'The schema companion is up to date',

  'problem.migrations-busy.title': 'Another runner applies migrations to this database',
  'problem.migrations-busy.cause':
    'Session {pid} of {user} ({application}) holds the lock that keeps two runners apart, and still held it after {seconds} seconds.',
  'problem.migrations-busy.next': 'Wait until it has ended, then run again: what it has applied is left out.',

  'problem.migration-not-entered.title': 'The migration {migration} is not in the ledger',
  'problem.migration-not-entered.cause':
    'It ran to its end, but it ended its transaction by itself, and its row in {ledger} was lost. The server would run it again.',
  'problem.migration-not-entered.next':
    'Look whether what it makes is there. If so, enter its name by hand: INSERT INTO {ledger} (name) VALUES (…).',

  'problem.migrations-server-running.title': 'The server uses the database',
  'problem.migrations-server-running.cause': 'Migrations never run at the same time as the server: {why}.',
  'problem.migrations-server-running.next': 'Stop the server first, or have it stopped for the time that this takes.',

  'problem.migrations-destroy-data.title': 'These migrations destroy data, and there is no verified backup',
  'problem.migrations-destroy-data.cause':
    '{count, plural, one {# statement deletes} other {# statements delete}} what is there now ({what}). Without a backup that was read to its end it cannot be brought back.',
  'problem.migrations-destroy-data.next':
    'Make a backup first, or say explicitly that none is wanted (--without-backup).',

  'problem.rehearsal-impossible.title': 'No copy could be made for a rehearsal',
  'problem.rehearsal-impossible.cause':
    '{reason, select, right {{user} has not got the right to create databases (CREATEDB), which a copy needs} space {A copy needs {needed} MB and {free} MB are free} history {A copy of the tables alone is made from the migrations that are applied, and not all of them are in this source: {names}} past {The tables could not be made anew without their rows: {migration} is applied, and fails in an empty database ({message})} other {{reason}}}.',
  'problem.rehearsal-impossible.next':
    '{reason, select, right {An administrator can give it with: ALTER ROLE {user} CREATEDB.} space {Make room on the database server.} other {Choose a source that has them, or stop the server, so that the whole database can be copied.}}',

  'problem.companion-schema-foreign.title': 'There is another schema named companion',
  'problem.companion-schema-foreign.cause':
    'The schema companion of {database} was not made by this app, and is left alone. The identity and the history are kept on this computer only.',
  'problem.companion-schema-foreign.next': 'Nothing has to be done. To use it, rename the other schema.',

  'problem.companion-schema-newer.title': 'The schema companion was made by a newer version of this app',
  'problem.companion-schema-newer.cause': 'It has migrations that this version does not know: {names}.',
  'problem.companion-schema-newer.next':
    'Update the app on this computer. Until then it reads the schema and does not write to it.',

  'identity.moved':
    'This database is not where it was: it was last seen as {database} since {since}. It is a copy, a restored backup, or has moved.',
  'identity.here': 'It is where it was, since {since}.',
  'identity.place-unknown': 'Whether it is where it was cannot be told with this role.',
  'identity.missing':
    'This database has no identity yet. --create makes the schema companion in it: the identity and the history of operations, nothing secret.',
  'identity.not-permitted':
    'The role may not create the schema companion. Everything else works; the identity and the history stay on this computer.',

  'cli.migrate.description':
    'The server’s migrations: what is applied, what is pending, run, rehearse, and who runs them',
  'cli.migrate.run.description': 'Apply what is pending, exactly as the server would',
  'cli.migrate.rehearse.description':
    'Apply what is pending to a throwaway copy, and say how long it takes and what it changes',
  'cli.migrate.on-start.description': 'Whether the server applies its migrations when it starts',
  'cli.migrate.source': 'installed, image:<tag or name>, or folder:<path> (default: installed)',
  'cli.migrate.run.plan': 'show what would be applied, and change nothing',
  'cli.migrate.run.yes': 'do it',
  'cli.migrate.run.without-backup': 'although it destroys data and there is no verified backup',
  'cli.migrate.run.stop-server': 'stop the server for the time that it takes, and start it again whatever happens',
  'cli.migrate.run.statement-timeout': 'seconds that one statement may take (default: no limit)',
  'cli.migrate.run.confirm': 'Nothing was changed. --yes does it.',
  'cli.migrate.run.one-of': 'Give one of --plan and --yes.',
  'cli.migrate.rehearse.rows': '{table}: {before} → {after} rows',
  'cli.migrate.rehearse.no-rows': 'No table has more or fewer rows than before.',
  'cli.migrate.rehearse.copy':
    '{copy, select, tables {On tables without rows} backup {On a restored backup} other {On a copy of all data}}, made in {seconds} s.',
  'cli.migrate.outcome.applied': 'applied',
  'cli.migrate.outcome.failed': 'failed',
  'cli.migrate.outcome.not-reached': 'not reached',
  'cli.migrate.on-start.no-file':
    'The compose file of this instance is not known. Install or adopt the server first, or give it with --file.',
  'cli.migrate.on-start.file': 'the compose file on the Docker host, where the app does not know it',
  'cli.instances.identity': 'Show which installation a database belongs to',
  'cli.instances.identity.create': 'make the schema companion in the database, or bring it up to date',
  'cli.instances.identity.here': 'the database has moved or was copied on purpose: take note of where it is now',
  'cli.instances.identity.line': '{name}: {id}, since {created}, made by version {version}',
} as const;
