import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

const checkout = path.resolve(import.meta.dirname, '..', '..');

/** Path of the Electron that the set-up installed: outside Electron, requiring `electron` answers with it. */
export const electronExecutable = createRequire(import.meta.url)('electron') as string;

export type LaunchOptions = {
  /** Folder of the app, this checkout when not given. */
  folder?: string;
  /** Home folder of the run; made (and removed by `stop`) when not given. Give it again to restart with the same data. */
  home?: string;
  /** On top of this process's environment without its PG* variables; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Passed to the app after its folder. */
  args?: readonly string[];
  /** Chromium and Electron switches, put before the app's folder. */
  switches?: readonly string[];
  colorScheme?: 'light' | 'dark';
};

export type RunningApp = {
  app: ElectronApplication;
  /** The first window, not necessarily painted yet. */
  window: Page;
  home: string;
  /** Where the app keeps its own files. */
  userData: string;
  /** Everything main and its children wrote to standard output and error so far. */
  output(): string;
  /** Closes the app, ends what is left of its processes and removes a home folder that was made for it. */
  stop(): Promise<void>;
  /** SIGKILL to the whole process tree, as a crash or a power cut would. The home folder stays. */
  kill(): Promise<void>;
};

/** Launches the built app (`out/`) in a private home folder and waits for its first window. */
export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const home = options.home ?? (await mkdtemp(path.join(tmpdir(), 'aperture-companion-home-')));
  const userData = path.join(home, '.config', 'aperture-companion');
  await mkdir(userData, { recursive: true });

  const app = await _electron.launch({
    executablePath: electronExecutable,
    args: [
      ...rootSwitches(),
      `--user-data-dir=${userData}`,
      ...(options.switches ?? []),
      options.folder ?? checkout,
      ...(options.args ?? []),
    ],
    env: definedOnly({ ...privateEnvironment(home), ...options.env }),
    colorScheme: options.colorScheme ?? null,
    // Playwright's own default is no sandbox for anybody.
    chromiumSandbox: rootSwitches().length === 0,
  });
  const child = app.process();
  let text = '';
  const collect = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

  const killTree = async () => {
    if (child.pid !== undefined) endGroup(child.pid);
    await exited;
  };

  try {
    const window = await app.firstWindow();
    return {
      app,
      window,
      home,
      userData,
      output: () => text,
      kill: killTree,
      async stop() {
        await Promise.race([app.close().catch(() => undefined), delay(15_000)]);
        await killTree();
        if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    await killTree();
    throw new Error(`The app opened no window. Its output:\n${text}`, { cause: error });
  }
}

/** Chromium's sandbox refuses to run as root; nobody else gets this switch. */
export function rootSwitches(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** This process's environment with the app's data and every home folder inside `home`, and nothing that libpq or SSH would pick up. */
export function privateEnvironment(home: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(PG|SSH_|ELECTRON_|DOCKER_|NODE_OPTIONS$|VITEST)/.test(name),
  );
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    HOME: home,
    USERPROFILE: home,
    APERTURE_COMPANION_DATA: path.join(home, '.config', 'aperture-companion'),
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
    XDG_STATE_HOME: path.join(home, '.local', 'state'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
  };
}

function definedOnly(env: NonNullable<LaunchOptions['env']>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

// Playwright starts the app as the leader of a process group of its own.
function endGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended already.
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
