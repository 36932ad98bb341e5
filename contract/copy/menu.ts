/** The application menu and the system's dialogs. Keys start with `app.menu.` and `app.dialog.`. */
export const menu = {
  'app.menu.file': 'File',
  'app.menu.view': 'View',
  'app.menu.settings': 'Settings…',
  'app.menu.new-instance': 'New instance…',
  'app.menu.palette': 'Go to…',
  'app.menu.check-again': 'Check again',
  'app.menu.find': 'Find',
  'app.dialog.import': 'Choose a compose file, .env, .pgpass or pg_service.conf',
  'app.dialog.certificate-authority': 'Choose the certificate of the authority',
  'app.dialog.client-certificate': 'Choose the client certificate',
  'app.dialog.client-key': 'Choose the private key of the client certificate',
  'app.dialog.ssh-key': 'Choose the private SSH key',
} as const;
