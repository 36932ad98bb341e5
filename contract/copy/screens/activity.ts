/** Activity. */
export const activity = {
  'screen.activity.title': 'Activity',
  'screen.activity.sub': 'Everything that ran, with its log.',
  'screen.activity.empty': 'Nothing has run yet',
  'screen.activity.empty-text':
    'Every connection test, check and fix is kept here with its steps, its outcome and its log.',
  'screen.activity.search': 'Search in activity',
  'screen.activity.show': 'Which to show',
  'screen.activity.show-all': 'All',
  'screen.activity.show-running': 'Running',
  'screen.activity.show-failed': 'Failed',
  'screen.activity.none-match': 'Nothing matches.',
  'screen.activity.running': '{count, plural, one {One operation runs} other {# operations run}}',
  'screen.activity.line':
    '{name}{state, select, failed { failed} cancelled { cancelled} interrupted { interrupted} other {}}',
  'screen.activity.details': 'Details',
  'screen.activity.started': 'Started',
  'screen.activity.took': 'Took',
  'screen.activity.by': 'Started by',
  'screen.activity.by.window': 'This window',
  'screen.activity.by.command-line': 'The command line',
  'screen.activity.by.schedule': 'The schedule',
  'screen.activity.steps': 'Steps',
  'screen.activity.log': 'Log',
  'screen.activity.log-lines': 'Lines of the log',
  'screen.activity.no-log': 'It logged nothing.',
  'screen.activity.gone': 'This operation is no longer in the list.',
} as const;
