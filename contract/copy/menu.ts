/** The application menu and the system's dialogs. Keys start with `app.menu.`, `app.dialog.` and `app.crash.`. */
export const menu = {
  'app.menu.file': 'File',
  'app.menu.view': 'View',
  'app.menu.settings': 'Settings…',
  'app.menu.new-instance': 'New instance…',
  'app.menu.palette': 'Go to…',
  'app.menu.check-again': 'Check again',
  'app.dialog.import': 'Choose a compose file, .env, .pgpass or pg_service.conf',
  'app.dialog.certificate-authority': 'Choose the certificate of the authority',
  'app.dialog.client-certificate': 'Choose the client certificate',
  'app.dialog.client-key': 'Choose the private key of the client certificate',
  'app.dialog.ssh-key': 'Choose the private SSH key',
  'app.crash.message': 'The window stopped working three times within a minute',
  'app.crash.detail': 'Work in the background goes on. The system says: {reason}, code {code}.',
  'app.crash.open': 'Open it again',
  'app.crash.quit': 'Quit',
} as const;
