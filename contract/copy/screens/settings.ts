/** Settings. */
export const settingsScreens = {
  'screen.settings.title': 'Settings',
  'screen.settings.sub': 'What belongs to the app itself, not to one instance.',
  'screen.settings.appearance': 'Appearance',
  'screen.settings.theme.system': 'As the system',
  'screen.settings.theme.light': 'Light',
  'screen.settings.theme.dark': 'Dark',
  'screen.settings.show-folder': 'Show the data folder',
  'screen.keychain.title': 'Keychain',
  'screen.keychain.sub': 'What this app keeps in the system’s keychain. The secrets themselves are never shown.',
  'screen.keychain.available': 'Available',
  'screen.keychain.unavailable': 'Not available',
  'screen.keychain.unavailable-text':
    'Passwords are kept in memory until the app quits. On Linux, a Secret Service such as GNOME Keyring or KWallet makes it available.',
  'screen.keychain.empty': 'Nothing is kept.',
  'screen.keychain.forget-name': 'Forget {name}',
  'screen.keychain.session':
    '{count, plural, one {One secret is kept in memory until the app quits.} other {# secrets are kept in memory until the app quits.}}',
  'screen.tools.title': 'Tools found',
  'screen.tools.sub': 'Programs of this computer that the app can use.',
  'screen.tools.again': 'Look again',
  'screen.tools.found': 'Found',
  'screen.tools.missing': 'Not found',
  'screen.tools.missing-text': 'Not on this computer, or not where programs usually are.',
  'screen.about.title': 'About',
  'screen.about.data': 'Data folder',
  'screen.about.copy': 'Copy the versions',
  'screen.about.end-of-life': 'This Electron gets no security fixes any more',
  'screen.about.end-of-life-text':
    'It is fine for development and tests, not for use. Install a release of the app instead.',
} as const;
