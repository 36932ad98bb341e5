import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const checkout = path.resolve(import.meta.dirname, '..', '..');
const config = path.join(checkout, '.dependency-cruiser.cjs');
const tool = path.join(checkout, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');

type Files = Record<string, string>;
type Cruised = {
  modules: { source: string; dependencies: { resolved: string; dependencyTypes: string[] }[] }[];
  summary: { violations: { from: string; rule: { name: string } }[] };
};

/** What lies around every fixture: the modules that are imported, and packages as npm lays them out. */
const surroundings: Files = {
  'contract/instance.ts':
    "import { z } from 'zod';\nexport const instance = z.string();\nexport type Instance = string;\n",
  'contract/copy/text.ts':
    "import { IntlMessageFormat } from 'intl-messageformat';\nexport const text = IntlMessageFormat;\n",
  'main/index.ts': "import { app } from 'electron';\nexport const main = app;\n",
  'main/window.ts': "import type { BrowserWindow } from 'electron';\nexport type Opened = BrowserWindow;\n",
  'main/ipc/handle.ts': "import { ipcMain } from 'electron';\nexport const handle = ipcMain;\n",
  'main/cli/check.ts': "import { instances } from '../services/instances.ts';\nexport const check = instances;\n",
  'main/services/instances.ts':
    "import type { Instance } from '../../contract/instance.ts';\nexport const instances: Instance[] = [];\n",
  'main/services/egg.ts': "import type { Hen } from './hen.ts';\nexport const egg: Hen | 1 = 1;\n",
  'main/services/hen.ts': "import { egg } from './egg.ts';\nexport const hen = () => egg;\nexport type Hen = 2;\n",
  'main/adapters/postgres.ts':
    "import { instance } from '../../contract/instance.ts';\nexport const postgres = async () => [instance, await import('pg'), await import('ssh2')];\n",
  'main/adapters/keychain.ts': "import keytar from 'keytar';\nexport const keychain = keytar;\n",
  'main/checks/version.ts':
    "import type { Instance } from '../../contract/instance.ts';\nexport type Version = Instance;\n",
  'preload/index.ts':
    "import { contextBridge } from 'electron';\nimport type { Instance } from '../contract/instance.ts';\nexport const bridge: [unknown, Instance] = [contextBridge, ''];\n",
  'renderer/api.ts': "import type { Instance } from '../contract/instance.ts';\nexport type Shown = Instance;\n",
  'test/support/ports.ts': 'export const ports = 1;\n',
  ...Object.fromEntries(
    ['zod', 'pg', 'ssh2', 'keytar', 'electron', 'intl-messageformat', 'yaml'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'module.exports = {};\n'],
    ]),
  ),
};

/** For each rule, files that break it and no other way of importing than the one shown. */
const offences: Record<string, Files> = {
  'renderer-imports-contract-only': {
    'renderer/value.ts': "import { instances } from '../main/services/instances.ts';\nexport const a = instances;\n",
    'renderer/type.ts': "import type { Version } from '../main/checks/version.ts';\nexport type A = Version;\n",
    'renderer/view.tsx':
      "import { bridge } from '../preload/index.ts';\nexport const View = () => <p>{String(bridge)}</p>;\n",
  },
  'renderer-has-no-node': {
    'renderer/disk.ts': "import { readFile } from 'node:fs/promises';\nexport const a = readFile;\n",
  },
  'preload-imports-contract-only': {
    'preload/service.ts': "import { instances } from '../main/services/instances.ts';\nexport const a = instances;\n",
    'preload/package.ts': "import yaml from 'yaml';\nexport const a = yaml;\n",
  },
  'contract-stands-alone': {
    'contract/package.ts': "import yaml from 'yaml';\nexport const a = yaml;\n",
    'contract/service.ts': "export type { Version } from '../main/checks/version.ts';\n",
    'contract/disk.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n",
  },
  'messages-formatted-in-copy-only': {
    'contract/problem.ts':
      "import { IntlMessageFormat } from 'intl-messageformat';\nexport const a = IntlMessageFormat;\n",
  },
  'electron-only-in-the-shell': {
    'main/services/window.ts': "import { BrowserWindow } from 'electron';\nexport const a = BrowserWindow;\n",
    'main/adapters/type.ts': "import type { App } from 'electron';\nexport type A = App;\n",
    'main/checks/lazy.ts': "export const a = () => import('electron');\n",
    'main/cli/ask.ts': "import { dialog } from 'electron';\nexport const a = dialog;\n",
    'main/compose.ts': "import { app } from 'electron';\nexport const a = app;\n",
    'renderer/ipc.ts': "import { ipcRenderer } from 'electron';\nexport const a = ipcRenderer;\n",
  },
  'below-knows-nothing-above': {
    'main/services/answering.ts': "import { handle } from '../ipc/handle.ts';\nexport const a = handle;\n",
    'main/adapters/printing.ts': "import { check } from '../cli/check.ts';\nexport const a = check;\n",
    'main/checks/opening.ts': "import type { Opened } from '../window.ts';\nexport type A = Opened;\n",
  },
  'adapters-below-services': {
    'main/adapters/upwards.ts': "import { instances } from '../services/instances.ts';\nexport const a = instances;\n",
  },
  'checks-reach-nothing': {
    'main/checks/connecting.ts': "import { postgres } from '../adapters/postgres.ts';\nexport const a = postgres;\n",
    'main/checks/changing.ts': "import { instances } from '../services/instances.ts';\nexport const a = instances;\n",
  },
  'main-imports-no-page': {
    'main/services/page.ts': "import type { Shown } from '../../renderer/api.ts';\nexport type A = Shown;\n",
  },
  'drivers-only-in-adapters': {
    'main/services/query.ts': "import pg from 'pg';\nexport const a = pg;\n",
    'main/services/lazyTunnel.ts': "export const a = async () => (await import('ssh2')).Client;\n",
    'main/checks/client.ts': "import type { Client } from 'pg';\nexport type A = Client;\n",
    'main/cli/tunnel.ts': "import { Client } from 'ssh2';\nexport const a = Client;\n",
  },
  'keytar-only-in-the-keychain': {
    'main/adapters/sshAgent.ts': "import keytar from 'keytar';\nexport const a = keytar;\n",
    'main/services/credentials.ts': "export const a = () => import('keytar');\n",
  },
  'no-circular': {
    'main/services/egg.ts': "import { hen } from './hen.ts';\nexport const egg = () => hen;\n",
  },
  'not-to-unresolvable': { 'main/services/lost.ts': "import { gone } from './gone.ts';\nexport const a = gone;\n" },
  'nothing-from-tests': {
    'main/services/tested.ts': "import { ports } from '../../test/support/ports.ts';\nexport const a = ports;\n",
  },
};

let folder: string;

async function cruise(cwd: string): Promise<Cruised> {
  const args = [tool, '--config', config, '--output-type', 'json', 'contract', 'preload', 'main', 'renderer'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Cruised;
}

async function lay(root: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), content);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'aperture-companion-layers-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the layer rules', () => {
  it('let through what the architecture allows', async () => {
    const allowed = path.join(folder, 'allowed');
    await lay(allowed, surroundings);
    expect((await cruise(allowed)).summary.violations).toEqual([]);
  });

  describe('bite', () => {
    let found: Set<string>;

    beforeAll(async () => {
      const broken = path.join(folder, 'broken');
      await lay(broken, surroundings);
      for (const files of Object.values(offences)) await lay(broken, files);
      const { summary } = await cruise(broken);
      found = new Set(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`));
    });

    for (const [rule, files] of Object.entries(offences)) {
      it.each(Object.keys(files))(`${rule}: %s`, (file) => {
        expect([...found]).toContain(`${rule}: ${file}`);
      });
    }

    it('each has an offence here', () => {
      const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };
      expect(Object.keys(offences).sort()).toEqual(forbidden.map(({ name }) => name).sort());
    });
  });

  it('see the imports of this checkout as they are resolved here', async () => {
    const { modules } = await cruise(checkout);
    const resolvedFrom = (folderName: string) =>
      modules
        .filter(({ source }) => source.startsWith(folderName))
        .flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved));
    expect(resolvedFrom('main/').some((name) => name.startsWith('contract/'))).toBe(true);
    expect(resolvedFrom('preload/').some((name) => /^(node_modules\/)?electron(\/|$)/.test(name))).toBe(true);
    expect(resolvedFrom('contract/').some((name) => name.startsWith('node_modules/zod/'))).toBe(true);
    for (const driver of ['pg', 'ssh2', 'keytar']) {
      expect(
        resolvedFrom('main/adapters/').filter((name) => new RegExp(`node_modules/(@[^/]+/)?${driver}/`).test(name)),
        driver,
      ).not.toEqual([]);
    }
  });
});
