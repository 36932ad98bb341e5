import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { launchApp, type RunningApp } from '../support/electron.ts';

/** One test for each item of Electron's own security checklist, in its order, looked at in the running app. */

let running: RunningApp;
test.beforeAll(async () => {
  running = await launchApp();
  await running.window.getByRole('heading', { level: 1 }).waitFor();
});
test.afterAll(() => running?.stop());

const preferences = () =>
  running.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    // Not in the public types, but the only place that tells what a window really runs with.
    const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });

/** Runs in the page; what the policy refused arrives as the violated directive. */
const violated = (provoke: string) =>
  running.window.evaluate(
    (code) =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        });
        setTimeout(() => resolve('nothing was refused'), 3_000);
        const run: Record<string, () => void> = {
          inlineScript: () => {
            const script = document.createElement('script');
            script.textContent = 'window.injected = true';
            document.body.append(script);
          },
          inlineHandler: () => {
            const image = document.createElement('div');
            image.setAttribute('onclick', 'window.injected = true');
            document.body.append(image);
            image.click();
          },
          remoteScript: () => {
            const script = document.createElement('script');
            script.src = 'https://example.org/x.js';
            document.body.append(script);
          },
          remoteImage: () => {
            const image = new Image();
            image.src = 'https://example.org/x.png';
          },
          fetch: () => {
            fetch('https://example.org/').catch(() => undefined);
          },
          frame: () => {
            const frame = document.createElement('iframe');
            frame.src = 'https://example.org/';
            document.body.append(frame);
          },
        };
        run[code]?.();
      }),
    provoke,
  );

test('1. only secure content: the page comes from the app itself and nothing is requested from a network', async () => {
  expect(new URL(running.window.url()).protocol).toBe('app:');
  const sources = await running.window.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('script[src], link[href], img[src]')].map(
      (element) => new URL(element.getAttribute('src') ?? element.getAttribute('href') ?? '', location.href).href,
    ),
  );
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) expect(new URL(source).protocol).toMatch(/^(app|data):$/);
  expect(await violated('fetch')).toBe('connect-src');
  expect(await violated('remoteImage')).toBe('img-src');
  // Where the policy would not reach, the session itself cancels what leaves the app's own scheme.
  const refused = await running.app.evaluate(({ session }) =>
    session.defaultSession.fetch('http://127.0.0.1:9/').then(
      () => 'answered',
      (error: Error) => error.message,
    ),
  );
  expect(refused).toContain('ERR_BLOCKED_BY_CLIENT');
});

test('2. no Node.js in the page', async () => {
  const given = await preferences();
  expect(given).toMatchObject({ nodeIntegration: false });
  expect(given.nodeIntegrationInWorker ?? false).toBe(false);
  expect(given.nodeIntegrationInSubFrames ?? false).toBe(false);
  const globals = await running.window.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
  );
  expect(globals).toEqual([]);
});

test('3. context isolation', async () => {
  expect(await preferences()).toMatchObject({ contextIsolation: true });
  // The preload's world is another one: what the page does to its own prototypes does not reach it.
  const answer = await running.window.evaluate(async () => {
    const invoke = Function.prototype.call;
    Function.prototype.call = () => {
      throw new Error('reached the preload');
    };
    try {
      const companion = (
        globalThis as unknown as { companion: { ask(name: string, input?: unknown): Promise<unknown> } }
      ).companion;
      return await companion.ask('settings.get', undefined);
    } finally {
      Function.prototype.call = invoke;
    }
  });
  expect(answer).toMatchObject({ ok: true });
});

test('4. the sandbox', async () => {
  expect(await preferences()).toMatchObject({ sandbox: true });
});

test('5. every permission request is denied', async () => {
  const outcome = await running.window.evaluate(async () => {
    const denied = async (ask: Promise<unknown>) => ask.then(() => 'granted').catch((error: Error) => error.name);
    return {
      notifications: await Notification.requestPermission(),
      camera: await denied(navigator.mediaDevices.getUserMedia({ video: true })),
      clipboard: await denied(navigator.clipboard.readText()),
      geolocation: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          (error) => resolve(error.code),
        ),
      ),
    };
  });
  expect(outcome).toEqual({
    notifications: 'denied',
    camera: expect.not.stringMatching('granted'),
    clipboard: 'NotAllowedError',
    geolocation: 1,
  });
});

test('6. web security is on', async () => {
  expect(await preferences()).not.toMatchObject({ webSecurity: false });
});

test('7. a strict content security policy: injected scripts and eval are blocked', async () => {
  expect(await violated('inlineScript')).toBe('script-src-elem');
  expect(await violated('inlineHandler')).toBe('script-src-attr');
  expect(await violated('remoteScript')).toBe('script-src-elem');
  const evaluated = await running.window.evaluate(() => {
    const script = document.createElement('script');
    script.type = 'module';
    script.src = URL.createObjectURL(new Blob(['window.injected = true'], { type: 'text/javascript' }));
    document.body.append(script);
    return (globalThis as { injected?: boolean }).injected ?? false;
  });
  expect(evaluated).toBe(false);
  const policy = await running.window.evaluate(async () =>
    (await fetch('/index.html')).headers.get('content-security-policy'),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-(inline|eval)/);
});

test('8. no insecure content beside it', async () => {
  expect(await preferences()).not.toMatchObject({ allowRunningInsecureContent: true });
});

test('9. no experimental features, 10. no blink features', async () => {
  const given = await preferences();
  expect(given).not.toMatchObject({ experimentalFeatures: true });
  expect(given.enableBlinkFeatures ?? '').toBe('');
});

test('11. and 12. no webview can be made', async () => {
  expect(await preferences()).toMatchObject({ webviewTag: false });
  const attached = await running.window.evaluate(() => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'https://example.org/');
    document.body.append(view);
    return 'getWebContentsId' in view;
  });
  expect(attached).toBe(false);
});

test('13. navigation away is refused', async () => {
  const before = running.window.url();
  for (const target of [
    'https://example.org/',
    'file:///etc/passwd',
    'app://elsewhere/',
    'app://companion/other.html',
    'javascript:alert(1)',
  ]) {
    await running.window.evaluate((url) => {
      location.href = url;
    }, target);
    await running.window.waitForTimeout(150);
    expect(running.window.url()).toBe(before);
  }
  await running.window.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://example.org/';
    document.body.append(link);
    link.click();
    link.remove();
  });
  expect(running.window.url()).toBe(before);
  expect(await violated('frame')).toMatch(/frame-src|child-src/);
});

test('14. no new window opens', async () => {
  const opened = await running.window.evaluate(
    () => window.open('https://example.org/') === null && window.open('app://companion/') === null,
  );
  expect(opened).toBe(true);
  expect(await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('15. only links to known documentation are opened outside', async () => {
  await running.app.evaluate(({ shell }) => {
    const log: string[] = [];
    Object.assign(globalThis, { openedLinks: log });
    shell.openExternal = async (url: string) => {
      log.push(url);
    };
  });
  const ask = (url: string) =>
    running.window.evaluate(
      (target) =>
        (
          globalThis as unknown as { companion: { ask(name: string, input: unknown): Promise<{ ok: boolean }> } }
        ).companion.ask('app.openLink', {
          url: target,
        }),
      url,
    );
  for (const url of [
    'file:///etc/passwd',
    'https://www.postgresql.org.evil.example/',
    'javascript:alert(1)',
    'https://evil.example/',
    'smb://x/y',
  ]) {
    expect((await ask(url)).ok).toBe(false);
  }
  expect((await ask('https://www.postgresql.org/docs/')).ok).toBe(true);
  const opened = await running.app.evaluate(() => (globalThis as unknown as { openedLinks: string[] }).openedLinks);
  expect(opened).toEqual(['https://www.postgresql.org/docs/']);
});

test('16. a current Electron is what packages are made with', () => {
  const description = JSON.parse(readFileSync(path.resolve('package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const major = Number(/\d+/.exec(description.devDependencies.electron ?? '')?.[0]);
  expect(major).toBeGreaterThanOrEqual(45);
});

test('17. messages of other frames and other windows are refused', async () => {
  const reply = await running.app.evaluate(async ({ BrowserWindow, app }) => {
    const other = new BrowserWindow({
      show: false,
      webPreferences: { sandbox: true, contextIsolation: true, preload: `${app.getAppPath()}/out/preload/index.cjs` },
    });
    await other.loadURL('app://companion/index.html');
    const answer: unknown = await other.webContents.executeJavaScript(
      "window.companion.ask('instances.list', undefined)",
    );
    other.destroy();
    return answer;
  });
  expect(reply).toEqual({ ok: false, problem: { code: 'invalid-input', values: { where: 'sender' } } });
});

test('18. no file: protocol, and no way out of the folder', async () => {
  const statuses = await running.window.evaluate(async () => {
    const status = async (url: string) => (await fetch(url).catch(() => ({ status: 0 }))).status;
    return [
      await status('/..%2f..%2fpackage.json'),
      await status('/%2e%2e/main/index.js'),
      await status('file:///etc/passwd'),
    ];
  });
  expect(statuses).toEqual([404, 404, 0]);
});

test('20. the page sees two functions and nothing of Electron', async () => {
  const exposed = await running.window.evaluate(() => {
    const companion = (globalThis as unknown as { companion: Record<string, unknown> }).companion;
    return Object.entries(companion).map(([name, value]) => `${name}: ${typeof value}`);
  });
  expect(exposed.sort()).toEqual(['ask: function', 'on: function']);
  const frozen = await running.window.evaluate(() => {
    const companion = (globalThis as unknown as { companion: Record<string, unknown> }).companion;
    try {
      companion.ask = () => undefined;
    } catch {
      return true;
    }
    return companion.ask?.toString().includes('undefined') === false;
  });
  expect(frozen).toBe(true);
});

test('malformed messages through the real bridge are refused and nothing crashes', async () => {
  const outcome = await running.window.evaluate(async () => {
    const companion = (
      globalThis as unknown as { companion: { ask(name: unknown, input: unknown): Promise<{ ok: boolean }> } }
    ).companion;
    const pieces: unknown[] = [
      null,
      0,
      -1,
      'x',
      '',
      [],
      {},
      { id: {} },
      { id: 'x'.repeat(100) },
      new Date(),
      new Map(),
      1n,
      Number.NaN,
    ];
    let refused = 0;
    for (let index = 0; index < 2_000; index++) {
      const reply = await companion.ask(
        index % 3 === 0 ? 'instances.update' : index % 3 === 1 ? `nope-${index}` : 'connection.test',
        pieces[index % pieces.length],
      );
      if (!reply.ok) refused += 1;
    }
    return refused;
  });
  expect(outcome).toBe(2_000);
  expect(await running.window.evaluate(() => document.querySelector('h1')?.textContent)).toBeTruthy();
});
