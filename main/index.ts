import { join } from 'node:path';
import { app, BrowserWindow, Menu, nativeTheme, protocol } from 'electron';
import { dataFolder } from './adapters/dataFolder.ts';
import { listen } from './ipc/listen.ts';
import { appScheme, serveFrom } from './shell/appProtocol.ts';
import { commandLineArguments, commandLineProgram } from './shell/arguments.ts';
import { readLaunchTheme } from './shell/launchPreferences.ts';
import { createQuiet } from './shell/quiet.ts';
import { hardenContents, hardenSession, openWindow } from './window.ts';

/**
 * The app's start: as a window, or, when it was called with a command, as the command line.
 * Only Electron and the window's own modules load before the first paint; services, drivers and schemas follow.
 */
const folder = dataFolder();
app.setPath('userData', folder);
app.setPath('sessionData', join(folder, 'browser'));

protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);

const command = commandLineArguments(process.argv, app.isPackaged);
if (command !== undefined) {
  void startCommandLine(command);
} else if (!app.requestSingleInstanceLock()) {
  app.quit();
} else {
  // Not awaited: Electron is ready only when this module has been evaluated.
  void startWindow();
}

async function startCommandLine(words: string[]): Promise<void> {
  const [{ runCommandLine }, { forkUtility }] = await Promise.all([
    import('./cli/run.ts'),
    import('./shell/forkUtility.ts'),
    app.whenReady(),
  ]);
  const code = await runCommandLine(words, {
    folder,
    program: commandLineProgram(app.isPackaged, import.meta.dirname),
    spawnPractice: forkUtility(join(import.meta.dirname, 'practice.js')),
  });
  // What was written to a pipe has to arrive first.
  process.stdout.write('', () => app.exit(code));
}

async function startWindow(): Promise<void> {
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
  app.on('window-all-closed', () => app.quit());

  const theme = await readLaunchTheme(join(folder, 'settings.json'));
  await app.whenReady();
  nativeTheme.themeSource = theme;
  hardenSession();
  const quiet = createQuiet(30);
  protocol.handle(appScheme, (request) => {
    // Counted from the first script on: loading services earlier would keep the page waiting for it.
    if (request.url.includes('/assets/')) quiet.disturb();
    return serveFrom(join(import.meta.dirname, '../renderer'), request);
  });

  const main = await openWindow(join(import.meta.dirname, '../preload/index.cjs'), join(folder, 'window.json'));
  const painted = new Promise<void>((resolve) => main.window.once('ready-to-show', () => resolve()));
  let servicesAsked = false;
  // The page has its files and is busy showing itself: main has nothing to do until it asks.
  const services = Promise.race([painted, quiet.reached]).then(async () => {
    servicesAsked = true;
    const { startServices } = await import('./shell/services.ts');
    return startServices(folder, import.meta.dirname, main);
  });
  listen(services, () => (main.window.isDestroyed() ? undefined : main.window.webContents.id));

  app.on('second-instance', () => {
    if (main.window.isMinimized()) main.window.restore();
    main.window.show();
    main.window.focus();
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length > 0) main.window.show();
  });

  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    // A window closed before it painted never started the services; and nothing may keep the app from quitting for long.
    const patience = new Promise((resolve) => setTimeout(resolve, 8_000));
    const stopping = servicesAsked ? services.then((running) => running.stop()).catch(() => undefined) : undefined;
    void Promise.race([stopping, patience]).finally(() => {
      stopped = true;
      // In a turn of its own: while Electron still tells of the first quit it ignores another one, and would stay for ever.
      setImmediate(() => app.quit());
    });
  });

  // Statements and the menu are not needed for the first paint.
  await painted;
  const { menuTemplate } = await import('./menu.ts');
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(process.platform, !app.isPackaged, (name) => main.emit('command', { command: name })),
    ),
  );
}
