/** The keychain, what the app keeps on disk, and what it is given. */
export const storedProblems = {
  'problem.keychain-missing.title': 'There is no keychain on this computer',
  'problem.keychain-missing.cause':
    'No service answers that keeps passwords (on Linux the Secret Service, as of GNOME Keyring, KWallet or KeePassXC).',
  'problem.keychain-missing.next':
    'Install or start one, or keep passwords until the app quits. They are never written to a file.',

  'problem.keychain-locked.title': 'The keychain is locked',
  'problem.keychain-locked.cause': 'The system’s keychain waits to be unlocked.',
  'problem.keychain-locked.next': 'Unlock it and try again.',

  'problem.keychain-denied.title': 'The keychain refused',
  'problem.keychain-denied.cause': 'The system did not let the app read or write its entry.',
  'problem.keychain-denied.next': 'Allow access when the system asks, then try again.',

  'problem.keychain-entry-missing.title': 'The password is no longer in the keychain',
  'problem.keychain-entry-missing.cause': 'The entry that the app made was removed. The instance is kept.',
  'problem.keychain-entry-missing.next': 'Enter the password again.',

  'problem.secret-too-long.title': 'This is too long for the keychain',
  'problem.secret-too-long.cause': 'It has {bytes} bytes; Windows keeps at most {limit} in one entry.',
  'problem.secret-too-long.next': 'Store a passphrase rather than a key: keys stay in their own files.',

  'problem.store-corrupt.title': 'A file of the app was damaged',
  'problem.store-corrupt.cause': '{path} cannot be read as what it should be. It was put aside, not overwritten.',
  'problem.store-corrupt.next':
    'The previous version is kept beside it. Passwords are in the keychain and not affected.',

  'problem.store-newer.title': 'A file comes from a newer version of the app',
  'problem.store-newer.cause':
    '{path} was written by a version that this one does not understand. It was left as it is.',
  'problem.store-newer.next': 'Update the app.',

  'problem.store-unwritable.title': 'A file of the app cannot be written',
  'problem.store-unwritable.cause': '{path} or its folder cannot be written by this user.',
  'problem.store-unwritable.next': 'Check the permissions of the folder.',

  'problem.disk-full.title': 'The disk of this computer is full',
  'problem.disk-full.cause': '{path} could not be written. What was there before is unharmed.',
  'problem.disk-full.next': 'Free some space and try again.',

  'problem.file-unreadable.title': 'A file cannot be read',
  'problem.file-unreadable.cause': '{path} is missing, is not readable by this user, or is not what was expected.',
  'problem.file-unreadable.next': 'Choose the file again.',

  'problem.instance-missing.title': 'The instance no longer exists',
  'problem.instance-missing.cause': 'It was removed in the meantime, or never existed.',
  'problem.instance-missing.next': 'Choose another instance.',

  'problem.ssh-host-missing.title': 'The SSH host no longer exists',
  'problem.ssh-host-missing.cause': 'It was removed in the meantime, or never existed.',
  'problem.ssh-host-missing.next': 'Choose another route for this connection.',

  'problem.ssh-host-in-use.title': 'The SSH host is in use',
  'problem.ssh-host-in-use.cause': 'Instances or other SSH hosts go through it.',
  'problem.ssh-host-in-use.next': 'Change their route first.',

  'problem.operation-missing.title': 'The operation is not known',
  'problem.operation-missing.cause': 'There is no record of it.',
  'problem.operation-missing.next': 'Activity lists all operations that are kept.',

  'problem.operation-busy.title': 'Something else is running',
  'problem.operation-busy.cause': 'Another operation works on the same instance, in this app or from the command line.',
  'problem.operation-busy.next': 'Wait until it has ended, or cancel it in Activity.',

  'problem.plan-missing.title': 'The plan is no longer there',
  'problem.plan-missing.cause': 'Plans are kept until they are run or the app quits.',
  'problem.plan-missing.next': 'Open the fix again to see its plan.',

  'problem.plan-stale.title': 'The plan no longer fits',
  'problem.plan-stale.cause': 'The instance’s settings have changed since the plan was shown.',
  'problem.plan-stale.next': 'Open the fix again and look at the new plan.',

  'problem.invalid-input.title': 'The input is not complete or not valid',
  'problem.invalid-input.cause': 'A value is missing, too long, or of the wrong kind.',
  'problem.invalid-input.next': 'Check the marked fields.',

  'problem.connection-string-invalid.title': 'The connection string cannot be read',
  'problem.connection-string-invalid.cause':
    'It is not a PostgreSQL URL or key=value string as PostgreSQL’s own tools read them.',
  'problem.connection-string-invalid.next': 'Look at the marked places, or fill in the fields.',

  'problem.import-nothing-found.title': 'No connection was found',
  'problem.import-nothing-found.cause':
    'The text has no DATABASE_URL, no PostgreSQL variables and no password file entries.',
  'problem.import-nothing-found.next':
    'Choose a compose file, an .env file, a .pgpass or a pg_service.conf, or paste a URL.',

  'problem.question-unanswered.title': 'A question stayed without an answer',
  'problem.question-unanswered.cause': 'There was nobody to ask: the window was closed, or there is no terminal.',
  'problem.question-unanswered.next': 'Start it again from the window or a terminal.',

  'problem.cancelled.title': 'Cancelled',
  'problem.cancelled.cause': 'This was stopped before it finished.',
  'problem.cancelled.next': 'It can be started again at any time.',
} as const;
