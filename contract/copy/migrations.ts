/** What is applied and pending, and what pending migrations would do. */
export const migrations = {
  'migration.state.applied': 'applied',
  'migration.state.pending': 'pending',
  'migration.state.unknown': 'applied, not in the source',
  'migration.effect.destroys-data': 'destroys data',
  'migration.effect.rewrites-table': 'rewrites',
  'migration.effect.builds-index': 'builds an index',
  'migration.effect.locks-table': 'locks a table',
  'migration.effect.unknown': 'cannot be told',
  'migration.effect.harmless': 'harmless',

  'migration.reason.delete-all': 'deletes every row of the table',
  'migration.reason.delete-rows': 'deletes rows',
  'migration.reason.truncate': 'empties the table',
  'migration.reason.delete-cascades':
    'rows that refer to what is deleted are deleted along with it (ON DELETE CASCADE), up to all of them',
  'migration.reason.truncate-cascades': 'is emptied as well, because it refers to a table that is (CASCADE)',
  'migration.reason.drop-table': 'removes the table with its rows',
  'migration.reason.drop-column': 'removes the column with its values',
  'migration.reason.drop-materialized-view': 'removes the materialized view with its rows',
  'migration.reason.drop-sequence': 'removes the sequence and forgets how far it had counted',
  'migration.reason.drop-schema': 'is in the schema that is removed with all that is in it',
  'migration.reason.drop-database': 'removes a whole database',
  'migration.reason.drop-owned': 'removes everything that a role owns',
  'migration.reason.cascade-table': 'is removed along with what it hangs on (CASCADE)',
  'migration.reason.cascade-column': 'is removed with its values, along with what it hangs on (CASCADE)',
  'migration.reason.cascade-view': 'this view is removed along with what it reads (CASCADE)',
  'migration.reason.merge-delete': 'deletes the rows that match',
  'migration.reason.update-rows': 'writes rows anew; their old values are gone',
  'migration.reason.insert-or-update': 'writes over rows that are there already',
  'migration.reason.set-type': 'writes the whole table anew with another type; nobody can use it meanwhile',
  'migration.reason.add-column-default':
    'writes the whole table anew, because the default differs from row to row; nobody can use it meanwhile',
  'migration.reason.add-generated-column':
    'writes the whole table anew to compute the column; nobody can use it meanwhile',
  'migration.reason.set-storage': 'copies the whole table; nobody can use it meanwhile',
  'migration.reason.cluster': 'writes the whole table anew in another order; nobody can use it meanwhile',
  'migration.reason.vacuum-full': 'writes the whole table anew; nobody can use it meanwhile',
  'migration.reason.refresh': 'computes the materialized view anew; nobody can read it meanwhile',
  'migration.reason.create-index': 'builds an index; nobody can write to the table meanwhile',
  'migration.reason.add-key': 'builds the index of a key; nobody can use the table meanwhile',
  'migration.reason.reindex': 'builds indexes anew; nobody can write to the table meanwhile',
  'migration.reason.set-not-null':
    'looks at every row, and fails where one has no value there; nobody can use the table meanwhile',
  'migration.reason.not-null-without-default':
    'fails when the table has rows: the new column needs a value and has no default',
  'migration.reason.add-check':
    'checks every row, and fails where one is against it; nobody can use the table meanwhile',
  'migration.reason.add-foreign-key':
    'looks up every row, and fails where one leads nowhere; nobody can write to either table meanwhile',
  'migration.reason.validate':
    'checks every row while an earlier statement of this file keeps the table locked; nobody can use it meanwhile',
  'migration.reason.attach-partition': 'checks every row of the partition; nobody can use it meanwhile',
  'migration.reason.lock-table': 'locks the table until the file is through',
  'migration.reason.domain-constraint': 'checks every value of this type in every table',
  'migration.reason.outside-transaction':
    'PostgreSQL refuses this inside of a transaction, and the server runs each file in one: the migration would fail',
  'migration.reason.transaction-control':
    'begins or ends a transaction by itself: what comes before stays even when the rest of the file fails',
  'migration.reason.dynamic-sql': 'puts statements together while it runs; which ones is not known before',
  'migration.reason.language': 'is in another language than SQL and PL/pgSQL, and was not read',
  'migration.reason.block-unreadable': 'is a block that could not be read',
  'migration.reason.calls-function': 'calls a function that may do anything',
  'migration.reason.cascade': 'removes whatever hangs on it (CASCADE); what that is was not looked up',
  'migration.reason.table-missing': 'is not in the database, and none of these files makes it: the migration may fail',
  'migration.reason.not-known': 'is a statement that the app does not know the effects of',

  'migration.need.extension.available': 'enables the extension {name}, which is there',
  'migration.need.extension.missing': 'needs the extension {name}, which is not installed on the database server',
  'migration.need.extension.not-permitted':
    'needs the extension {name}, which this role may not enable; let an administrator enable it beforehand',
  'migration.need.privilege':
    '{privilege, select, OWNER {needs to be the owner of {on}} other {needs the privilege {privilege} on {on}}}',
  'migration.rows':
    '{exact, select, true {{rows, plural, one {# row} other {# rows}}} other {about {rows, plural, one {# row} other {# rows}}}}',
  'migration.seconds': '{seconds, plural, one {about # second} other {about # seconds}}',
  'migration.minutes': '{minutes, plural, one {about # minute} other {about # minutes}}',

  'cli.migrate.status.description': 'Compare the database with a source. Exits with 1 when migrations are pending',
  'cli.migrate.status.sql': 'show the query of the guide and its result instead',
  'cli.migrate.preview.description':
    'Say what the pending migrations would do to the data that is there now, and run nothing. Exits with 1 when something destroys data or would fail',
  'cli.migrate.status.summary':
    '{applied, plural, one {# migration applied} other {# migrations applied}}, {pending} pending{unknown, plural, =0 {} other {, # applied that the source does not know}}.',
  'cli.migrate.status.source':
    'Source: {name}, {files, plural, one {# migration} other {# migrations}}{image, select, none {} other { (image {image})}}',
  'cli.migrate.status.no-ledger': 'The database has no table aperture_migrations: no server has migrated it yet.',
  'cli.migrate.status.out-of-order':
    '{count, plural, one {# pending migration sorts} other {# pending migrations sort}} before one that is applied; the server would apply {count, plural, one {it} other {them}} all the same: {names}',
  'cli.migrate.status.on-start':
    '{on, select, true {The server applies them when it starts (RUN_MIGRATIONS_ON_START).} other {The server does not apply them when it starts (RUN_MIGRATIONS_ON_START).}}',
  'cli.migrate.status.rows': '({rows, plural, one {# row} other {# rows}})',
  'cli.migrate.preview.nothing': 'Nothing is pending: the database has all migrations of {name}.',
  'cli.migrate.preview.line': 'line {line}',
} as const;
