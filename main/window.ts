import { app, BrowserWindow, dialog, nativeTheme, screen, session } from 'electron';
import { eventChannel } from '../contract/wire.ts';
import { writeAtomically } from './adapters/files.ts';
import type { Emit } from './services/ports.ts';
import { appOrigin, appScheme } from './shell/appProtocol.ts';
import { createCrashPolicy } from './shell/crashPolicy.ts';
import { fitToDisplays, readWindowPlace, smallestWindow, type WindowPlace } from './shell/windowPlace.ts';

/** Painted before the page is there, so that nothing flashes. The page's own `--bg` in both themes. */
const background = { light: '#f6f6f8', dark: '#101014' } as const;

export type MainWindow = {
  readonly window: BrowserWindow;
  readonly emit: Emit;
};

/** Denies every permission, every download and every request that leaves the app's own scheme. */
export function hardenSession(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
  own.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  own.on('will-download', (event) => event.preventDefault());
  own.webRequest.onBeforeRequest((details, decide) => {
    const url = new URL(details.url);
    decide({ cancel: !(url.protocol === `${appScheme}:` || url.protocol === 'devtools:' || url.protocol === 'data:') });
  });
}

/** No navigation away from the page, no second window, no webview: for every page that the app could ever hold. */
export function hardenContents(contents: Electron.WebContents): void {
  contents.on('will-navigate', (details) => {
    if (!sameDocument(details.url, contents.getURL())) details.preventDefault();
  });
  contents.on('will-redirect', (details) => details.preventDefault());
  contents.on('will-frame-navigate', (details) => {
    if (!sameDocument(details.url, contents.getURL())) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function sameDocument(target: string, current: string): boolean {
  try {
    const [to, from] = [new URL(target), new URL(current)];
    return to.protocol === from.protocol && to.host === from.host && to.pathname === from.pathname;
  } catch {
    return false;
  }
}

/**
 * Opens the one window. It is shown when the page has painted; its place is remembered in `placePath`.
 * A page whose process dies comes back at the same address (its place is in the hash); work goes on in main meanwhile.
 */
export async function openWindow(preload: string, placePath: string): Promise<MainWindow> {
  const place = await readWindowPlace(placePath);
  const bounds = fitToDisplays(
    place,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Aperture Companion',
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (place.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberPlace(window, placePath, place);
  recover(window);
  nativeTheme.on('updated', () => {
    if (window.isDestroyed()) return;
    window.setBackgroundColor(nativeTheme.shouldUseDarkColors ? background.dark : background.light);
    emit('theme.changed', { dark: nativeTheme.shouldUseDarkColors });
  });
  const emit: Emit = (name, event) => {
    if (!window.isDestroyed() && !window.webContents.isCrashed()) window.webContents.send(eventChannel, name, event);
  };
  // Not awaited: the services load while the page does.
  void window.loadURL(`${appOrigin}/index.html`);
  return { window, emit };
}

function rememberPlace(window: BrowserWindow, path: string, initial: WindowPlace): void {
  let latest = initial;
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    // Losing the window's place is no reason to bother anybody.
    writeAtomically(path, JSON.stringify(latest), { mode: 0o600 }).catch(() => undefined);
  };
  const note = () => {
    latest = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  };
  for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) window.on(event as 'resize', note);
  window.on('close', () => {
    clearTimeout(timer);
    latest = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    save();
  });
}

function recover(window: BrowserWindow): void {
  const decide = createCrashPolicy();
  window.webContents.on('render-process-gone', (_event, details) => {
    const decision = decide(details.reason);
    if (decision === 'reload') window.webContents.reload();
    if (decision === 'ask') void askAfterCrashes(window, details);
  });
}

async function askAfterCrashes(window: BrowserWindow, details: Electron.RenderProcessGoneDetails): Promise<void> {
  const { say, text } = await import('../contract/copy/text.ts');
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: say(text('app.crash.message')),
    detail: say(text('app.crash.detail', { reason: details.reason, code: details.exitCode })),
    buttons: [say(text('app.crash.open')), say(text('app.crash.quit'))],
    cancelId: 1,
  });
  if (response === 0) window.webContents.reload();
  else app.quit();
}
