/** Destinations, encryption, retention, schedule and notifications of backups. Keys start with `backup.` and `problem.`. */
export const backupSettings = {
  'problem.destination-unreachable.title': '{name} cannot be reached',
  'problem.destination-unreachable.cause': 'The connection could not be made, or broke and did not come back.',
  'problem.destination-unreachable.next':
    'The backup is safe where it was made. The copy is made with the next backup, or by “backup now”.',

  'problem.destination-refused.title': '{name} refused',
  'problem.destination-refused.cause': 'The login was not accepted, or it may not do this there.',
  'problem.destination-refused.next': 'Check its access key and its rights to write, list and delete, then test it.',

  'problem.destination-missing.title': '{name} has no such place',
  'problem.destination-missing.cause': '{place} is not there.',
  'problem.destination-missing.next':
    'Make it, or correct the settings. A network folder may not be mounted: nothing is written beside it.',

  'problem.destination-full.title': '{name} is full',
  'problem.destination-full.cause': 'There is not enough space for {file}. What was there before is unharmed.',
  'problem.destination-full.next': 'Free some space there, or keep fewer backups.',

  'problem.destination-damaged.title': 'What arrived at {name} is not what was sent',
  'problem.destination-damaged.cause': '{file} was read back and its checksum is another one. It was removed again.',
  'problem.destination-damaged.next': 'Test the destination; its disk or its network is not reliable.',

  'problem.destination-failed.title': '{name} answered with an error',
  'problem.destination-failed.cause': 'It could not do what it was asked to.',
  'problem.destination-failed.next': 'Its own words are below. Test the destination when that is put right.',

  'problem.encryption-key-missing.title': 'The key of the backups is not in the keychain',
  'problem.encryption-key-missing.cause':
    'Encrypted backups of this instance cannot be made or proven without it. It may have been removed there.',
  'problem.encryption-key-missing.next': 'Give it again from the recovery kit, or set up encryption with a new key.',

  'problem.encryption-unproven.title': 'The encrypted backup could not be opened again',
  'problem.encryption-unproven.cause': 'Decrypted with the key from the keychain, {file} is not what was encrypted.',
  'problem.encryption-unproven.next': 'It was removed, and what it was made of is kept. Try again.',

  'problem.backup-key-wrong.title': 'This key does not open the backup',
  'problem.backup-key-wrong.cause': 'It was encrypted for another key or with another passphrase.',
  'problem.backup-key-wrong.next': 'Use the key of its recovery kit.',

  'problem.schedule-invalid.title': 'The schedule cannot be read',
  'problem.schedule-invalid.cause': '“{given}” is no time that comes again.',
  'problem.schedule-invalid.next':
    'A cron expression has five fields: minute, hour, day of the month, month, day of the week.',

  'problem.scheduler-unavailable.title': 'The system’s scheduler could not be set up',
  'problem.scheduler-unavailable.cause': '{scheduler} is not there or refused.',
  'problem.scheduler-unavailable.next':
    'The files are written to {folder} and can be put in by hand, or cron can call the command that they name.',

  'problem.notification-failed.title': '{name} was not told',
  'problem.notification-failed.cause': 'The message was not accepted after {attempts} attempts.',
  'problem.notification-failed.next': 'Check its address and token, then send a test.',
} as const;
