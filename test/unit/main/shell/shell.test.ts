import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder } from '../../../../main/adapters/dataFolder.ts';
import { contentSecurityPolicy, serveFrom } from '../../../../main/shell/appProtocol.ts';
import { commandLineArguments, commandLineProgram } from '../../../../main/shell/arguments.ts';
import { createCrashPolicy } from '../../../../main/shell/crashPolicy.ts';
import { readLaunchTheme } from '../../../../main/shell/launchPreferences.ts';
import { openableLink } from '../../../../main/shell/links.ts';
import { createQuiet } from '../../../../main/shell/quiet.ts';
import { fitToDisplays, readWindowPlace } from '../../../../main/shell/windowPlace.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shell-'));
  await mkdir(join(folder, 'page', 'assets'), { recursive: true });
  await writeFile(join(folder, 'page', 'index.html'), '<meta nonce="CSP_NONCE">');
  await writeFile(join(folder, 'page', 'assets', 'a b.js'), 'export {}');
  await writeFile(join(folder, 'page', 'notes.txt'), 'not served');
  await writeFile(join(folder, 'secret.json'), '{"secret":true}');
  await mkdir(join(folder, 'page-other'));
  await writeFile(join(folder, 'page-other', 'x.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => serveFrom(join(folder, 'page'), { url, method });

describe('the app: scheme', () => {
  it('serves the page with a strict policy and a fresh nonce each time', async () => {
    const [first, second] = [await get('app://companion/index.html'), await get('app://companion/')];
    const policy = first.headers.get('content-security-policy') ?? '';
    const nonce = /nonce="([^"]+)"/.exec(await first.text())?.[1] ?? '';
    expect(nonce.length).toBeGreaterThan(20);
    expect(policy).toBe(contentSecurityPolicy(nonce));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*|https?:/);
    expect(await second.text()).not.toContain(nonce);
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('decodes names and gives each file its type', async () => {
    const reply = await get('app://companion/assets/a%20b.js');
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  });

  it.each([
    'app://companion/../secret.json',
    'app://companion/%2e%2e/secret.json',
    'app://companion/..%2fsecret.json',
    'app://companion/%2e%2e%2fsecret.json',
    'app://companion/assets/..%2f..%2fsecret.json',
    'app://companion/..%5csecret.json',
    'app://companion/../page-other/x.json',
    'app://companion/..%2fpage-other%2fx.json',
    'app://companion/notes.txt',
    'app://companion/missing.js',
    'app://companion/%00.js',
    'app://companion/%E0%A4%A',
    'app://elsewhere/index.html',
    'file:///etc/passwd',
    'not a url',
  ])('answers 404 for %s', async (url) => {
    const reply = await get(url);
    expect(reply.status).toBe(404);
    expect(await reply.text()).toBe('Not found');
  });

  it('answers nothing but GET', async () => {
    expect((await get('app://companion/index.html', 'POST')).status).toBe(404);
  });

  it('never serves a file outside its folder, whatever the path', async () => {
    const segment = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', 'secret.json', 'page', 'page-other', ''),
      fc.webSegment(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 6 }), async (segments) => {
        const reply = await get(`app://companion/${segments.join('/')}`);
        expect(await reply.text()).not.toContain('"secret"');
      }),
      { numRuns: 500 },
    );
  });
});

describe('links', () => {
  it.each([
    'https://www.postgresql.org/docs/current/',
    'https://github.com/pgvector/pgvector#installation',
    'https://learn.microsoft.com/azure/postgresql/',
  ])('opens %s', (url) => expect(openableLink(url)?.href).toBe(new URL(url).href));

  it.each([
    'http://www.postgresql.org/',
    'https://www.postgresql.org.evil.example/',
    'https://evil.example/?https://www.postgresql.org/',
    'https://www.postgresql.org@evil.example/',
    'https://user:pw@www.postgresql.org/',
    'https://www.postgresql.org:8443/',
    'https://github.com/evil/pgvector/',
    'https://github.com/pgvector/../evil/x',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://server/share',
    'ms-settings:',
    '',
  ])('refuses %s', (url) => expect(openableLink(url)).toBeUndefined());
});

describe('the place of the window', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };

  it('is the remembered one while a display shows it', () => {
    const bounds = { x: 100, y: 50, width: 1200, height: 800 };
    expect(fitToDisplays({ bounds, maximized: false }, [display])).toEqual(bounds);
  });
  it('is the usual one when its display is gone', () => {
    const bounds = { x: 4000, y: 50, width: 1200, height: 800 };
    expect(fitToDisplays({ bounds, maximized: false }, [display])).toEqual({ width: 1240, height: 860 });
  });
  it('shrinks to a smaller display but not below the smallest window', () => {
    const bounds = { x: 10, y: 10, width: 5000, height: 200 };
    expect(fitToDisplays({ bounds, maximized: false }, [display])).toEqual({ x: 10, y: 10, width: 1920, height: 600 });
  });
  it.each(['', '{', '{"bounds":{"x":"1"},"maximized":false}', '[]'])(
    'survives a file that holds %j',
    async (content) => {
      const path = join(folder, 'window.json');
      await writeFile(path, content);
      expect(await readWindowPlace(path)).toEqual({ maximized: false });
    },
  );
});

describe('launch', () => {
  it('finds the theme, and falls back to the system', async () => {
    const path = join(folder, 'settings.json');
    await writeFile(path, '{"version":1,"value":{"theme": "dark"}}');
    expect(await readLaunchTheme(path)).toBe('dark');
    await writeFile(path, '{"theme": "purple"');
    expect(await readLaunchTheme(path)).toBe('system');
    expect(await readLaunchTheme(join(folder, 'missing'))).toBe('system');
  });

  it.each<[string[], boolean, string[] | undefined]>([
    [['/opt/app', 'check', '--url', 'x'], true, ['check', '--url', 'x']],
    [['/opt/app', '--no-sandbox', 'instances', 'list'], true, ['instances', 'list']],
    [['/opt/app', '--help'], true, ['--help']],
    [['/opt/app'], true, undefined],
    [['/opt/app', '/home/me/a.dump'], true, undefined],
    [['/opt/app', '--user-data-dir=/x'], true, undefined],
    [['/electron', '--no-sandbox', '/checkout'], false, undefined],
    [['/electron', '--no-sandbox', '/checkout', 'check', '--json'], false, ['check', '--json']],
  ])('of %j (packaged: %s) is the command line %j', (argv, packaged, expected) => {
    expect(commandLineArguments(argv, packaged)).toEqual(expected);
  });

  it('is found again by what it tells the system’s scheduler', () => {
    const packaged = commandLineProgram(true, '/app/out/main');
    expect(packaged[0]).toBe(process.execPath);
    if (process.platform === 'linux') expect(packaged).toContain('--ozone-platform=headless');
    expect(commandLineArguments([...packaged, 'backup', 'now'], true)).toEqual(['backup', 'now']);
    const [node, script] = commandLineProgram(false, join(folder, 'out', 'main'));
    expect(node.startsWith(join(folder, 'node_modules', 'node', 'bin'))).toBe(true);
    expect(script).toBe(join(folder, 'out', 'main', 'cli.js'));
  });

  it('keeps its data where each platform keeps it', () => {
    expect(dataFolder({}, 'linux', '/h')).toBe('/h/.config/aperture-companion');
    expect(dataFolder({ XDG_CONFIG_HOME: '/c' }, 'linux', '/h')).toBe('/c/aperture-companion');
    expect(dataFolder({}, 'darwin', '/h')).toBe('/h/Library/Application Support/Aperture Companion');
    expect(dataFolder({ APERTURE_COMPANION_DATA: '/p' }, 'linux', '/h')).toBe('/p');
  });
});

describe('a page whose process has gone', () => {
  it('is reloaded, and asked about the third time within a minute', () => {
    let at = 0;
    const decide = createCrashPolicy(() => at);
    expect([decide('crashed'), decide('oom')]).toEqual(['reload', 'reload']);
    at = 59_000;
    expect(decide('crashed')).toBe('ask');
    at = 200_000;
    expect(decide('crashed')).toBe('reload');
    expect(decide('clean-exit')).toBe('nothing');
  });
});

describe('quiet', () => {
  it('is reached once nothing has happened for a while', async () => {
    const quiet = createQuiet(20);
    let reached = false;
    void quiet.reached.then(() => {
      reached = true;
    });
    quiet.disturb();
    await new Promise((resolve) => setTimeout(resolve, 5));
    quiet.disturb();
    expect(reached).toBe(false);
    await quiet.reached;
    expect(reached).toBe(true);
  });
});
