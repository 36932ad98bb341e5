/** The Migrations screen. */
export const migrationScreens = {
  'screen.migrations.title': 'Migrations',
  'screen.migrations.mark': '{count, plural, one {One migration is pending} other {# migrations are pending}}',
  'screen.migrations.no-database': 'Once it is known how the database is reached, its migrations are shown here.',
  'screen.migrations.look': 'Compare now',
  'screen.migrations.look-again': 'Compare again',
  'screen.migrations.rehearse': 'Rehearse',
  'screen.migrations.run-plan': '{count, plural, one {Run one migration…} other {Run # migrations…}}',
  'screen.migrations.palette.preview': 'Preview the pending migrations',
  'screen.migrations.palette.rehearse': 'Rehearse the pending migrations',
  'screen.migrations.palette.run': 'Run the pending migrations…',

  'screen.migrations.line.looking': 'Comparing the database with the source',
  'screen.migrations.line.looking-more': 'Only reads. An image is read without being started.',
  'screen.migrations.line.not-looked': 'Not compared yet',
  'screen.migrations.line.not-looked-more':
    'The password of the database is asked for when the comparison begins. It only reads.',
  'screen.migrations.line.failed': 'The database could not be compared',
  'screen.migrations.line.no-source':
    '{applied, plural, =0 {No migration is applied; what is pending is not known} one {One migration is applied; what is pending is not known} other {# migrations are applied; what is pending is not known}}',
  'screen.migrations.line.no-source-more': 'The source could not be read, so only the database’s own list is shown.',
  'screen.migrations.line.no-server-more':
    'No server is linked. An image on this computer or a folder with the SQL files says what belongs here.',
  'screen.migrations.line.empty':
    '{pending, plural, one {Nothing is applied yet: one migration is waiting} other {Nothing is applied yet: # migrations are waiting}}',
  'screen.migrations.line.empty-more':
    'The database has no table aperture_migrations. {who, select, server {The server makes everything when it starts, or it is done here beforehand.} hand {They are to be run here, because the server leaves them to the app.} other {They can be run here; a server that starts does the same.}}',
  'screen.migrations.line.pending':
    '{pending, plural, one {One migration is pending} other {# migrations are pending}}',
  'screen.migrations.line.pending-more':
    '{who, select, server {The server applies them the next time it starts.} hand {They wait to be run here: the server leaves them to the app.} other {What they do can be seen, rehearsed and done here.}}',
  'screen.migrations.line.unknown':
    '{unknown, plural, one {The database is ahead: one migration is not in the source} other {The database is ahead: # migrations are not in the source}}',
  'screen.migrations.line.unknown-more':
    'Everything of {name} is applied, and more. An older server on a newer schema starts without a word; whether it works is another question.',
  'screen.migrations.line.complete': 'Up to date',
  'screen.migrations.line.complete-more':
    '{applied, plural, one {The only migration} other {All # migrations}} of {name} applied.',
  'screen.migrations.compared': 'Compared',
  'screen.migrations.out-of-order':
    '{count, plural, one {One pending migration sorts before one that is applied} other {# pending migrations sort before one that is applied}}',
  'screen.migrations.out-of-order-more': 'The server would apply it all the same, and so does the app:',

  'screen.migrations.facts': 'Status',
  'screen.migrations.fact.files': '{count, plural, one {one file} other {# files}}',
  'screen.migrations.fact.applied': 'Applied',
  'screen.migrations.fact.ledger': 'In the database',
  'screen.migrations.fact.no-ledger': 'No table aperture_migrations yet',
  'screen.migrations.fact.unknown': '{count, plural, one {one of them} other {# of them}} not in the source',
  'screen.migrations.fact.pending': 'Pending',
  'screen.migrations.fact.preview': 'Preview',
  'screen.migrations.fact.who': 'Who migrates',
  'screen.migrations.who.server': 'The server, on start',
  'screen.migrations.who.hand': 'By hand, here',
  'screen.migrations.who.unknown': 'Not known',
  'screen.migrations.who.unknown-more': 'The container tells it, where there is one.',
  'screen.migrations.who.text': 'One setting in the server’s compose file: RUN_MIGRATIONS_ON_START.',
  'screen.migrations.who.server-text':
    'Simple: a new image migrates by itself when its container starts. Nobody sees beforehand what it deletes.',
  'screen.migrations.who.hand-text':
    'Careful: a new image waits until its migrations were run here, after a preview, a rehearsal and a backup. Its health check says ok meanwhile, although the tables are not there.',
  'screen.migrations.who.no-server': 'No server is linked to this instance.',
  'screen.migrations.who.to-server': 'Let the server do it…',
  'screen.migrations.who.to-hand': 'Do it by hand…',
  'screen.migrations.who.write': 'Write the file',
  'screen.migrations.who.written': 'The compose file is written',

  'screen.migrations.source.title': 'Compare with',
  'screen.migrations.source.text':
    'The files that the database should have. They are read, nothing is started or pulled.',
  'screen.migrations.source.installed': 'The installed server’s image',
  'screen.migrations.source.installed-text': 'What the container on {host} was made of.',
  'screen.migrations.source.not-linked':
    'No server is linked to this instance. The Server screen finds one or installs it.',
  'screen.migrations.source.image': 'Another image',
  'screen.migrations.source.image-text': 'One that is on {host} already: before an update, to see what it would bring.',
  'screen.migrations.source.image-name': 'Tag or image',
  'screen.migrations.source.image-help': 'A tag alone, such as 0.7.8, is one of ghcr.io/dgruhin-hrizn/aperture.',
  'screen.migrations.source.folder': 'A folder',
  'screen.migrations.source.folder-text': 'SQL files on this computer, such as db/migrations of a checkout.',
  'screen.migrations.source.choose': 'Choose a folder',
  'screen.migrations.source.compare': 'Compare',
  'screen.migrations.source.change': 'Change',
  'screen.migrations.source.keep': 'Keep it',

  'screen.migrations.sections': 'Parts of the screen',
  'screen.migrations.section.list': 'List',
  'screen.migrations.section.preview': 'Preview',
  'screen.migrations.section.query': 'The guide’s query',
  'screen.migrations.section.who': 'Who migrates',
  'screen.migrations.entries': 'Migrations, the newest first',
  'screen.migrations.search': 'Search in names',
  'screen.migrations.show': 'Which to show',
  'screen.migrations.show-all': 'All {count}',
  'screen.migrations.show-pending': 'Pending {count}',
  'screen.migrations.show-applied': 'Applied {count}',
  'screen.migrations.show-unknown': 'Not in the source {count}',
  'screen.migrations.none-match': 'Nothing matches.',
  'screen.migrations.empty': 'No migration is applied',
  'screen.migrations.empty-text':
    'Aperture’s tables come from numbered SQL files. Each one that was applied is written into the table aperture_migrations, which is not there yet.',
  'screen.migrations.entry.late': 'pending, out of order',

  'screen.migrations.query.text': 'The guide gives it to see what is applied. Times are of this computer.',
  'screen.migrations.query.statement': 'Query',
  'screen.migrations.query.again': 'Run it again',
  'screen.migrations.query.copy': 'Copy the query',
  'screen.migrations.query.copy-result': 'Copy the result',
  'screen.migrations.query.result': 'Result',
  'screen.migrations.query.rows': '{count, plural, one {# row} other {# rows}}',

  'screen.migrations.preview.title':
    '{count, plural, one {What one pending migration does} other {What # pending migrations do}}',
  'screen.migrations.preview.text':
    'Read with PostgreSQL’s own grammar and judged by the tables as they are now. Nothing was run.',
  'screen.migrations.preview.sums': 'Sums by effect',
  'screen.migrations.preview.files': 'Files',
  'screen.migrations.preview.files-text': 'In the order in which they are applied. Each opens to its statements.',
  'screen.migrations.preview.broken': 'would fail',
  'screen.migrations.preview.line': 'Line {line}',
  'screen.migrations.preview.place': '{name}, line {line}',
  'screen.migrations.preview.copy': 'Copy the statement',
  'screen.migrations.effect.destroys-data': 'Destroys data',
  'screen.migrations.effect.rewrites-table': 'Rewrites tables or rows',
  'screen.migrations.effect.builds-index': 'Builds indexes',
  'screen.migrations.effect.locks-table': 'Locks tables',
  'screen.migrations.effect.unknown': 'Cannot be told',
  'screen.migrations.effect.harmless': 'Harmless',
  'screen.migrations.sum.count':
    '{statements, plural, one {one statement} other {# statements}} in {files, plural, one {one file} other {# files}}',
  'screen.migrations.sum.deletes': 'deletes {rows} of {object}',
  'screen.migrations.sum.more': 'and {count, plural, one {one more} other {# more}}',
  'screen.migrations.sum.broken': '{count, plural, one {One file is} other {# files are}} not what PostgreSQL takes',
  'screen.migrations.sum.missing': 'Something is missing that they need',
  'screen.migrations.under-a-second': 'under a second',

  'screen.migrations.log': 'As it goes',
  'screen.migrations.log-text': 'Each file, PostgreSQL’s notices, and who is in the way of a lock.',
  'screen.migrations.outcome.run': 'The last run',
  'screen.migrations.outcome.rehearsal': 'The last rehearsal',
  'screen.migrations.outcome.failed': 'Failed',
  'screen.migrations.outcome.log': 'See its log',
  'screen.migrations.failed.place': '-- {name}, line {line}',
  'screen.migrations.failed.statement': 'The statement that failed',
  'screen.migrations.failed.message': 'PostgreSQL says',
  'screen.migrations.failed.detail': 'Detail',
  'screen.migrations.failed.hint': 'Hint',
  'screen.migrations.failed.context': 'Context',
  'screen.migrations.failed.next':
    'It was rolled back, and nothing of it is left. The ones before it are kept. Correct the cause, then run again: it goes on with this one.',
  'screen.migrations.failed.rehearsed':
    'It failed on the copy, and the copy is gone; the database itself is as it was. Correct the cause before running it.',
  'screen.migrations.failed.copy': 'Copy all of it',
  'screen.migrations.report.files': 'Files of the run',
  'screen.migrations.report.file': 'File',
  'screen.migrations.report.state': 'State',
  'screen.migrations.report.notices': 'Notices',
  'screen.migrations.report.took': 'Took',
  'screen.migrations.report.copy':
    '{copy, select, tables {On tables without rows} backup {On a restored backup} other {On a copy of all data}}, made in {time} and removed again.',
  'screen.migrations.report.tables-only':
    'Somebody was logged in, so the data could not be copied: what fails only because of the data is not found this way. With the server stopped it is.',
  'screen.migrations.report.rows': 'Tables that have more or fewer rows afterwards',
  'screen.migrations.report.table': 'Table',
  'screen.migrations.report.before': 'Rows before',
  'screen.migrations.report.after': 'After',
  'screen.migrations.report.change': 'Change',

  'screen.migrations.plan.looking': 'Putting the plan together',
  'screen.migrations.plan.looking-more':
    'Reads the files and the tables, looks whether the server runs and whether there is a backup.',
  'screen.migrations.plan.text': 'Nothing has been done yet.',
  'screen.migrations.plan.before': 'What to know before',
  'screen.migrations.plan.blocked': 'As things are it cannot run.',
  'screen.migrations.plan.part.data': 'Data',
  'screen.migrations.plan.part.backup': 'Backup',
  'screen.migrations.plan.part.rehearsal': 'Rehearsal',
  'screen.migrations.plan.part.server': 'Server',
  'screen.migrations.plan.destroys':
    '{count, plural, one {One place destroys data that is there now.} other {# places destroy data that is there now.}} The numbers are below.',
  'screen.migrations.plan.harmless': 'No statement destroys data that is there now.',
  'screen.migrations.plan.backup': 'Verified, of this very schema: {name}',
  'screen.migrations.plan.no-backup':
    'No verified backup has this schema. Without one, what is deleted cannot be brought back.',
  'screen.migrations.plan.backup-not-needed': 'None of this very schema. Not required, because nothing is destroyed.',
  'screen.migrations.plan.back-up': 'Back up now',
  'screen.migrations.plan.not-rehearsed':
    'Not tried yet. A rehearsal applies them to a copy that is removed again, and says how long each takes.',
  'screen.migrations.plan.rehearsed':
    '{copy, select, tables {All of them went well on a copy without rows.} other {All of them went well on a copy of all data.}}',
  'screen.migrations.plan.rehearsal-failed':
    '{copy, select, tables {It failed on a copy without rows, and would fail here.} other {It failed on a copy of all data, and would fail here.}}',
  'screen.migrations.plan.rehearse': 'Rehearse first',
  'screen.migrations.plan.stops':
    'The container {container} runs. It is stopped for the time that this takes and started again afterwards, whatever happens.',
  'screen.migrations.plan.effects': 'What they do',
  'screen.migrations.plan.stake':
    '{count, plural, one {In one place data is destroyed} other {In # places data is destroyed}}, and there is no verified backup.',
  'screen.migrations.plan.stake-more': 'A backup and a rehearsal are the safe way; both are offered above.',
  'screen.migrations.plan.type': 'To run without a backup all the same, type the name of the database: {database}',
  'screen.migrations.plan.run':
    '{how, select, without {{count, plural, one {Run one migration without a backup} other {Run # migrations without a backup}}} stop {{count, plural, one {Stop the server and run one migration} other {Stop the server and run # migrations}}} other {{count, plural, one {Run one migration} other {Run # migrations}}}}',

  'screen.migrations.own.title': 'What the app keeps in the database',
  'screen.migrations.own.text':
    'The schema companion: the identity of this installation and the history of its operations.',
  'screen.migrations.own.looking': 'Not looked yet',
  'screen.migrations.own.missing': 'Not there',
  'screen.migrations.own.refused': 'Not permitted',
  'screen.migrations.own.foreign': 'Another one',
  'screen.migrations.own.there': 'In its place',
  'screen.migrations.own.moved': 'Moved or copied',
  'screen.migrations.own.newer': 'Newer than the app',
  'screen.migrations.own.missing-text':
    'Optional, and made only on request. With it a backup knows where it came from, a restore into the wrong place is noticed, and a second computer sees the same history. Nothing in it is secret; DROP SCHEMA companion CASCADE takes it away.',
  'screen.migrations.own.create': 'Make the schema',
  'screen.migrations.own.update': 'Bring it up to date',
  'screen.migrations.own.settle': 'It is here on purpose',
  'screen.migrations.own.name': 'Name',
  'screen.migrations.own.id': 'Identity',
  'screen.migrations.own.since': 'Since',
  'screen.migrations.own.by': 'Made by version',
  'screen.migrations.own.place': 'Last seen in',

  'screen.card.schema-see': 'View migrations',
} as const;
