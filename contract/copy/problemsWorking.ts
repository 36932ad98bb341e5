/** After the login. */
export const workingProblems = {
  'problem.permission-denied.title': '{user} may not do this',
  'problem.permission-denied.cause': 'PostgreSQL says: {message}',
  'problem.permission-denied.next': 'Let an administrator do it, or have the permission granted.',

  'problem.extension-unavailable.title': 'The extension {extension} is not installed on the server',
  'problem.extension-unavailable.cause': 'Its files are not there, so that it cannot be enabled in the database.',
  'problem.extension-unavailable.next':
    'Install it on the database server; the checks show how for this kind of server.',

  'problem.extension-not-permitted.title': '{user} may not enable the extension {extension}',
  'problem.extension-not-permitted.cause': 'Only an administrator may enable it on this server.',
  'problem.extension-not-permitted.next':
    'Let an administrator enable it once; the checks show the statement and who may run it.',

  'problem.object-exists.title': 'It exists already',
  'problem.object-exists.cause': 'PostgreSQL says: {message}',
  'problem.object-exists.next': 'Check again: somebody else may have made it in the meantime.',

  'problem.statement-timeout.title': 'A statement took too long',
  'problem.statement-timeout.cause':
    'It was stopped by a time limit, of this app or of the server (statement_timeout). A locked table or a slow disk can be the reason.',
  'problem.statement-timeout.next': 'Try again when the server is less busy.',

  'problem.lock-timeout.title': 'Another session holds a lock',
  'problem.lock-timeout.cause': 'The statement waited for a table that somebody else is using: {message}',
  'problem.lock-timeout.next': 'Stop the Aperture server or the other program, then try again.',

  'problem.server-disk-full.title': 'The disk of the database server is full',
  'problem.server-disk-full.cause': 'PostgreSQL says: {message}',
  'problem.server-disk-full.next': 'Free space on the server. Nothing of this transaction was kept.',

  'problem.server-out-of-memory.title': 'The database server is out of memory',
  'problem.server-out-of-memory.cause': 'PostgreSQL says: {message}',
  'problem.server-out-of-memory.next':
    'Give the server or its container more memory, or lower work_mem and maintenance_work_mem.',

  'problem.database-in-use.title': 'Somebody is still connected to {database}',
  'problem.database-in-use.cause':
    '{count, plural, =0 {A session came back each time that it was ended.} one {One session could not be ended: {sessions}.} other {# sessions could not be ended: {sessions}.}} PostgreSQL renames a database only when nobody uses it.',
  'problem.database-in-use.next':
    'End these programs, or let an administrator end their sessions, then try again. Nothing was changed.',

  'problem.connection-lost.title': 'The connection to {host} was lost',
  'problem.connection-lost.cause':
    'The network or the server went away in the middle. The server rolls an open transaction back by itself.',
  'problem.connection-lost.next': 'Try again once the server can be reached.',

  'problem.sql-error.title': 'PostgreSQL reports an error',
  'problem.sql-error.cause': '{message} (SQLSTATE {sqlState})',
  'problem.sql-error.next': 'The details have the server’s own hints. Nothing of a failed statement is kept.',

  'problem.practice-failed.title': 'The practice database did not start',
  'problem.practice-failed.cause':
    'The embedded PostgreSQL ended or did not get ready. The details have its last words.',
  'problem.practice-failed.next':
    'Start it again. If that does not help, remove the practice instance and make a new one.',
} as const;
