/** Where migrations come from, and what is wrong with their files. */
export const migrationProblems = {
  'problem.migrations-no-server.title': 'No server is linked to this instance',
  'problem.migrations-no-server.cause': 'The migrations that belong to it are in the image of its container.',
  'problem.migrations-no-server.next': 'Adopt or install the server, or choose an image or a folder as the source.',

  'problem.migrations-image-missing.title': 'The image {image} is not on {host}',
  'problem.migrations-image-missing.cause':
    'Only an image that is there is read; nothing is pulled without being asked for.',
  'problem.migrations-image-missing.next': 'Pull it on {host} with: {program} pull {image}',

  'problem.migrations-missing.title': 'There are no migrations in {source}',
  'problem.migrations-missing.cause': 'No file that ends in .sql was found in {path}.',
  'problem.migrations-missing.next':
    'Choose an image of the Aperture server, or the folder that has the migrations themselves.',

  'problem.migrations-unreadable.title': 'The migrations of {source} could not be read',
  'problem.migrations-unreadable.cause': 'What was found is not what a server’s migrations look like: {reason}',
  'problem.migrations-unreadable.next': 'Pull the image again, or choose another source.',

  'problem.migration-file-invalid.title': 'PostgreSQL would not take the file {name}',
  'problem.migration-file-invalid.cause':
    '{fault, select, encoding {It is not UTF-8 text.} zero {It has zero characters in it, as binary files do.} other {It begins with a byte order mark, which the server passes on to PostgreSQL as part of the first statement.}}',
  'problem.migration-file-invalid.next': 'Save it as UTF-8 without a byte order mark, or get the image anew.',

  'problem.migration-syntax.title': 'Line {line} of {name} is not SQL that PostgreSQL takes',
  'problem.migration-syntax.cause':
    '{fault, select, psql {Lines that begin with a backslash are commands of psql; the server sends the file to PostgreSQL as it is.} copy {COPY … FROM stdin needs psql; the server sends the file to PostgreSQL as it is.} other {PostgreSQL’s grammar says: {message}}}',
  'problem.migration-syntax.next': 'The migration would fail at this place. Correct the file, or get the image anew.',
} as const;
