/** The application menu. Keys start with `app.menu.`. */
export const menu = {
  'app.menu.file': 'File',
  'app.menu.view': 'View',
  'app.menu.settings': 'Settings…',
  'app.menu.new-instance': 'New instance…',
  'app.menu.palette': 'Go to…',
  'app.menu.check-again': 'Check again',
  'app.menu.find': 'Find',
} as const;
