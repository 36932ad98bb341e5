/** Backups: names of steps, outcomes, what is told about tools and about dumps. Keys start with `backup.` and `operation.`. */
export const backups = {
  'backup.step.prepare': 'Find the tool and look at the database',
  'backup.step.dump': 'Dump the database',
  'backup.step.verify': 'Read it back and compare',
  'backup.step.finish': 'Give it its name',
  'backup.outcome.made': '{name}: {megabytes} MB, {tables} tables, read to its end.',
  'backup.outcome.verified': '{name} is whole: checksum and archive were read to their end.',
  'backup.place.container': 'container {container} on {host}',
  'backup.place.one-off': 'a container of {image} on {host}',
  'backup.warning.minor':
    'pg_dump {version} has a known fault: a hostile server can add commands to a dump that is restored with psql. {fixed} and later do not have it.',
  'backup.warning.newer-major':
    'pg_dump {version} is newer than the server ({server}). Restoring into {server} may need a tool of the same age.',
  'backup.warning.gzip': 'This pg_dump compresses with gzip, slower and larger than zstd (16 and later have it).',
  'backup.warning.choice-gone': 'The tool that was chosen before, in {place}, is not there any more.',
  'backup.warning.secrets':
    'The dump holds everything that is in the database, API keys in plain text among it. Keep it like a password.',
  'backup.fix.install': 'Install pg_dump {major}',
  'backup.fix.install.where': 'In a terminal on this computer',
  'backup.fix.install.why': 'It has to be at least as new as the server, {major}.',
  'backup.fix.image': 'Or fetch an image that has it',
  'backup.fix.image.where': 'In a terminal on {host}',
  'backup.inspect.not-aperture': 'It has no ledger of Aperture’s migrations: it may be of another program.',
  'backup.inspect.plain': 'It is SQL text. psql restores it; it has no table of contents and can’t be read in parts.',
  'backup.inspect.no-tool': 'No pg_restore was found here, so it could not be read to its end.',
  'backup.server.explained.success':
    'The server takes a dump for good before pg_dump has ended, so an empty or a truncated file counts for it.',
  'backup.server.explained.retention':
    'Its retention keeps the last seven files, whether or not they can be restored: bad ones push the good ones out.',
  'backup.server.explained.password':
    'With a password that has characters which are escaped in a URL, each of its dumps is empty.',
  'backup.server.none-readable': 'None of its dumps can be restored.',
  'operation.kind.backup': 'Backup',
  'operation.kind.backup-verify': 'Check of a backup',
} as const;

/** Keys start with `problem.backup-`. */
export const backupProblems = {
  'problem.backup-tool-missing.title': 'No pg_dump fits a PostgreSQL {server}',
  'problem.backup-tool-missing.cause':
    'A dump needs a pg_dump that is at least as new as the server. It was looked for on this computer, in Docker and on the SSH host. Found: {found}.',
  'problem.backup-tool-missing.next': 'Install pg_dump {server} or newer, then try again.',

  'problem.backup-tool-failed.title': 'The dump did not get to its end',
  'problem.backup-tool-failed.cause': '{tool} says: {message}',
  'problem.backup-tool-failed.next':
    'Nothing of this backup was kept; earlier ones are unharmed. Its log has all that it said.',

  'problem.backup-tool-killed.title': '{tool} was ended before it was done',
  'problem.backup-tool-killed.cause': 'Somebody, or the system for lack of memory, ended it ({signal}).',
  'problem.backup-tool-killed.next': 'Nothing of this backup was kept; earlier ones are unharmed. Try again.',

  'problem.backup-damaged.title': 'This backup is damaged',
  'problem.backup-damaged.cause': '{path} is not what was written: {reason}.',
  'problem.backup-damaged.next': 'Do not rely on it. Make a new backup, and look at the disk that it was on.',

  'problem.backup-space.title': 'There is not enough space for a backup',
  'problem.backup-space.cause': 'It needs about {needed} MB, and {folder} has {free} MB left.',
  'problem.backup-space.next': 'Free some space, or choose another folder.',

  'problem.backup-missing.title': 'This backup is not there',
  'problem.backup-missing.cause': 'No backup with the id {id} is in the folders that the app knows.',
  'problem.backup-missing.next': 'List the backups again; its disk or network folder may not be connected.',

  'problem.backup-last-good.title': 'This backup has to stay',
  'problem.backup-last-good.cause':
    '{name} is the newest one that is known to be good, or there is no good one besides it.',
  'problem.backup-last-good.next': 'Make a new backup. When that one is good, this one can be removed.',

  'problem.backup-practice.title': 'A practice database is not backed up',
  'problem.backup-practice.cause': 'It serves one session at a time, and a consistent dump needs two.',
  'problem.backup-practice.next': 'Use a database of your own. The practice database can be made again at any time.',

  'problem.backup-folder-missing.title': 'The folder with the server’s backups was not found',
  'problem.backup-folder-missing.cause': 'The container {container} has nothing that can be listed at {folder}.',
  'problem.backup-folder-missing.next': 'Start the server, and see that its compose file mounts a folder there.',
} as const;
