import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDocker } from '../../../main/adapters/docker/findDocker.ts';
import { LocalHost } from '../../../main/adapters/localHost.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { supportFolder } from '../../support/supportFolder.ts';

let docker: Docker;
let settings: string;
const never = new AbortController().signal;
const host = new LocalHost('this computer');
const before = { ...process.env };

beforeAll(async () => {
  docker = await startDocker();
  settings = supportFolder('docker-settings');
  Object.assign(process.env, {
    PATH: docker.env('without compose').PATH,
    DOCKER_CONFIG: settings,
    DOCKER_HOST: 'tcp://192.0.2.1:2375',
  });
  // A context that would win over everything, and TLS that the socket has not.
  Object.assign(process.env, { DOCKER_CONTEXT: 'nowhere', DOCKER_TLS_VERIFY: '1' });
}, 600_000);
afterAll(async () => {
  process.env = before;
  await docker?.release();
});

function writeContexts(current: string | undefined, contexts: Record<string, string>): void {
  writeFileSync(
    path.join(settings, 'config.json'),
    JSON.stringify(
      {
        auths: { 'ghcr.io': { auth: 'c2VjcmV0OnNlY3JldA==' } },
        ...(current === undefined ? {} : { currentContext: current }),
      },
      null,
      2,
    ),
  );
  for (const [name, address] of Object.entries(contexts)) {
    const folder = path.join(settings, 'contexts', 'meta', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, 'meta.json'),
      JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: address, SkipTLSVerify: false } } }),
    );
  }
}

test('the current context is honoured where it leads to this computer, and shown as ignored where it does not', async () => {
  const here = `unix://${docker.socket}`;
  writeContexts('mine', { mine: here, nas: 'ssh://anna@nas.lan' });
  const mine = await findDocker(host, {}, never);
  expect(mine.found).toMatchObject({ engine: { address: here }, ignoredDockerHost: 'tcp://192.0.2.1:2375' });
  expect(mine.found.compose).toBeUndefined();
  expect(mine.found.endpoints).toContainEqual({
    kind: 'context',
    address: here,
    context: 'mine',
    active: true,
    outcome: 'used',
  });
  expect(JSON.stringify(mine.found)).not.toContain('c2VjcmV0');

  writeContexts('nas', {});
  const { found } = await findDocker(host, { context: 'mine' }, never);
  expect(found.engine).toMatchObject({ address: here });
  expect(found.endpoints).toContainEqual({
    kind: 'context',
    address: 'ssh://anna@nas.lan',
    context: 'nas',
    active: true,
    outcome: 'elsewhere',
  });

  expect((await findDocker(host, { context: 'nas' }, never)).found.problem).toMatchObject({
    code: 'docker-elsewhere',
    values: { address: 'ssh://anna@nas.lan' },
  });
  expect((await findDocker(host, { context: 'gone' }, never)).found.problem).toMatchObject({
    code: 'docker-context-missing',
    values: { known: expect.stringContaining('mine') },
  });
});

test('the chosen engine answers although the environment points elsewhere', async () => {
  const { cli } = await findDocker(host, { socket: docker.socket }, never);
  expect(await cli?.must(['info', '--format', '{{.OSType}}'], { signal: never })).toBe('linux\n');
});
