import { app, clipboard, nativeTheme, shell } from 'electron';
import type { AppInfo } from '../../contract/settings.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Account } from '../services/ports.ts';
import { electronEndOfLife } from '../shell/electronSupport.ts';
import { openableLink } from '../shell/links.ts';
import type { Handlers } from './handlers.ts';

type AppHandlers = Pick<
  Handlers,
  | 'app.info'
  | 'app.openLink'
  | 'app.copy'
  | 'app.showDataFolder'
  | 'settings.get'
  | 'settings.set'
  | 'tools.find'
  | 'keychain.state'
  | 'keychain.forget'
>;

export function appHandlers({ settings, tools, credentials }: Companion, folder: string): AppHandlers {
  return {
    'app.info': async () => ({
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      chrome: process.versions.chrome ?? '',
      node: process.versions.node,
      platform: platformName(process.platform),
      dataFolder: folder,
      electronEndOfLife: electronEndOfLife(process.versions.electron ?? ''),
    }),
    'app.openLink': async ({ url }) => {
      const link = openableLink(url);
      if (link === undefined) throw new ProblemError('invalid-input', { where: 'url' });
      await shell.openExternal(link.href);
    },
    'app.copy': async ({ text }) => clipboard.writeText(text),
    'app.showDataFolder': async () => {
      await shell.openPath(folder);
    },
    'settings.get': () => settings.get(),
    'settings.set': async (changes) => {
      const now = await settings.set(changes);
      nativeTheme.themeSource = now.theme;
      return now;
    },
    'tools.find': () => tools.find(),
    'keychain.state': () => credentials.state(),
    'keychain.forget': ({ account }) => credentials.forget(accountNamed(account)),
  };
}

/** The account as the page names it. Raises `invalid-input` for what is none. */
function accountNamed(name: string): Account {
  const kind = accountKinds.find((candidate) => name.startsWith(`${candidate}:`));
  if (kind === undefined) throw new ProblemError('invalid-input', { where: 'account' });
  return `${kind}:${name.slice(kind.length + 1)}`;
}

const accountKinds = ['database', 'ssh-password', 'key-passphrase', 'tls-key-passphrase'] as const;

function platformName(platform: NodeJS.Platform): AppInfo['platform'] {
  switch (platform) {
    case 'darwin':
    case 'win32':
    case 'linux':
      return platform;
    default:
      return 'other';
  }
}
