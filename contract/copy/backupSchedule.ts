/** The schedule of backups and the system's scheduler. Keys start with `backup.schedule.` and `cli.backup.schedule`. */
export const backupSchedule = {
  'backup.schedule.note.looks':
    'The system’s scheduler cannot say these times. It calls every {every, select, hour {hour} other {minute}}, and a backup is made when one is due.',
  'backup.schedule.note.systemd':
    'It runs while {user} is logged in. On a computer where nobody logs in, allow it without: loginctl enable-linger {user}',
  'backup.schedule.note.launchd':
    'It runs while {user} is logged in at the screen; what was missed is made up for at login.',
  'backup.schedule.note.task-scheduler':
    'It runs while {user} is logged in to Windows; what was missed is made up for at login.',
  'backup.schedule.note.data-folder':
    'Task Scheduler gives no environment of its own: APERTURE_COMPANION_DATA={folder} has to be set for the Windows account.',
  'backup.schedule.note.keychain':
    'The keychain has to be unlocked at that time, or the password cannot be read: it is by the login at a desktop, and by nothing else.',

  'cli.backup.schedule': 'Make backups at set times, with no window open',
  'cli.backup.schedule.set': 'set the times, and have the system’s scheduler call this command line',
  'cli.backup.schedule.show':
    'show the times, the next and the last run, and whether the system’s scheduler knows of it',
  'cli.backup.schedule.remove': 'take it from the system’s scheduler again',
  'cli.backup.schedule.daily': 'every day at this local time',
  'cli.backup.schedule.weekly': 'on one day of the week at this local time',
  'cli.backup.schedule.cron': 'five fields: minute, hour, day of the month, month, day of the week',
  'cli.backup.schedule.plan': 'only show the files, the commands and the next times',
  'cli.backup.schedule.which': 'Give one of --daily HH:MM, --weekly DAY HH:MM and --cron EXPRESSION.',
  'cli.backup.schedule.time': '“{given}” is no time of the day such as 02:30.',
  'cli.backup.schedule.day': '“{given}” is no day of the week. There are: {known}.',
  'cli.backup.schedule.none': 'No backups are scheduled.',
  'cli.backup.schedule.rule': 'Rule       {rule}, {zone}',
  'cli.backup.schedule.next': 'Next       {at}',
  'cli.backup.schedule.due': 'Next       as soon as the scheduler calls: a time has passed without a backup',
  'cli.backup.schedule.last':
    'Last       {at}: {state, select, running {running} succeeded {made} failed {failed} cancelled {cancelled} other {interrupted}}',
  'cli.backup.schedule.scheduler':
    'Scheduler  {kind}: {state, select, installed {knows of it} missing {does not know of it. Set the schedule again} other {cannot be asked}}',
  'cli.backup.schedule.file': 'File       {path}',
  'cli.backup.schedule.command': 'Command    {command}',
  'cli.backup.schedule.cron-line': 'For a crontab instead: {line}',
  'cli.backup.schedule.removed': 'Backups of {name} are no longer scheduled.',
  'cli.backup.scheduled': 'make it only when the schedule says so; for the system’s scheduler',
  'cli.backup.scheduled.not-scheduled': 'Nothing is scheduled for {name}.',
  'cli.backup.scheduled.not-due': 'No backup of {name} is due.',
  'cli.backup.scheduled.busy': 'Something else works on {name} now. The backup is made at the next call.',
} as const;
