/** Destinations, encryption, retention, schedule and notifications of backups. Keys start with `backup.` and `problem.`. */
export const backupSettings = {
  'operation.kind.backup-copy': 'Copies of a backup',
  'operation.kind.backup-prune': 'Removal of old backups',
  'backup.step.encrypt': 'Encrypt it, and open it again with the key',
  'backup.step.copy': 'Copy it to {name}',
  'backup.step.prune': 'Remove what is not to be kept',
  'backup.outcome.copied':
    '{name}: {count, plural, one {# copy is} other {# copies are}} complete{removed, plural, =0 {} one {; # old backup removed} other {; # old backups removed}}.',
  'backup.outcome.pruned':
    '{removed, plural, =0 {Nothing was removed} one {# backup was removed} other {# backups were removed}}.',
  'backup.retention.last': 'one of the newest {count}',
  'backup.retention.daily': 'the newest of its day',
  'backup.retention.weekly': 'the newest of its week',
  'backup.retention.monthly': 'the newest of its month',
  'backup.retention.newest-good': 'the newest that is known to be good',
  'backup.retention.not-verified': 'not known to be good: never removed by a rule',
  'backup.retention.no-rule': 'no rule removes anything',
  'backup.retention.goes': 'goes',
  'backup.place.local': 'this computer',
  'notify.title.succeeded': '{instance}: backup made',
  'notify.title.failed': '{instance}: the backup failed',
  'notify.title.incomplete': '{instance}: the backup is made, but not copied everywhere',
  'notify.title.test': 'Test of Aperture Companion',
  'notify.body.succeeded':
    '{name}, {megabytes} MB, read to its end. {copies, plural, =0 {} one {# copy elsewhere.} other {# copies elsewhere.}}',
  'notify.body.problem': '{title}. {cause}',
  'notify.body.test': 'Messages about backups arrive here.',
  'notify.body.unexpected':
    'It ended with an error that the app does not know. The report is in its log under {reference}.',
  'notify.body.interrupted': 'It was stopped before it was finished.',

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
    '{scheduler, select, systemd {A user’s systemd runs after a login at a desktop or by SSH, or always after: loginctl enable-linger. Set the schedule again then.} other {Log in at the screen and set the schedule again.}} The files are in {folder}. Or put the cron line, that “backup schedule show” has, into a crontab.',

  'problem.notification-failed.title': '{name} was not told',
  'problem.notification-failed.cause': 'The message was not accepted after {attempts} attempts.',
  'problem.notification-failed.next': 'Check its address and token, then send a test.',
} as const;
