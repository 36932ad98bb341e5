import { chmodSync } from 'node:fs';
import path from 'node:path';
import { vi } from 'vitest';
import { problemText } from '../../../contract/copy/problemText.ts';
import { say } from '../../../contract/copy/text.ts';
import type { EventName, Events } from '../../../contract/events.ts';
import type { Installation } from '../../../contract/install.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import { type Companion, compose } from '../../../main/compose.ts';
import type { Question } from '../../../main/services/ports.ts';
import { uniqueName } from '../../support/docker/containers.ts';
import type { Docker } from '../../support/docker/engine.ts';
import { freePort } from '../../support/ports.ts';
import { supportFolder } from '../../support/supportFolder.ts';

/** Milliseconds: an installation takes ten seconds on a quiet machine, and many times that on a busy one. */
vi.setConfig({ testTimeout: 300_000 });

export const never = new AbortController().signal;

export type Heard = { [Name in EventName]?: Events[Name][] };

/** The whole app without a window, and what it told. Host keys are trusted; nothing else is answered. */
export function companionWith(
  docker: Docker,
  programs?: Parameters<Docker['env']>[0],
  folder = supportFolder('companion'),
) {
  const { PATH, DOCKER_CONFIG } = docker.env(programs);
  Object.assign(process.env, { PATH, DOCKER_CONFIG });
  // Where the environment points must not count.
  process.env.DOCKER_HOST = 'tcp://192.0.2.1:2375';
  const heard: Heard = {};
  const companion = compose({
    folder,
    emit: (name, event) => {
      const events = (heard[name] ?? []) as (typeof event)[];
      (heard as Record<string, unknown>)[name] = [...events, event];
    },
    ask: async (question: Question) => {
      if (question.kind === 'host-key') return { kind: 'accept' };
      throw new Error(`nobody answers ${question.kind}`);
    },
    spawnPractice: () => {
      throw new Error('no practice here');
    },
    startedBy: 'command-line',
  });
  return { companion, heard, folder };
}

/** An installation with a database beside it that no other test collides with. */
export async function besideIt(
  companion: Companion,
  docker: DockerPlace,
  folder = path.join(openFolder(), uniqueName('aperture')),
): Promise<Installation> {
  const installation = await companion.installs.defaults({ docker, withDatabase: true }, never);
  const { database } = installation.settings;
  if (database === undefined) throw new Error('no database was wished for');
  const name = path.basename(folder);
  const port = await freePort();
  return {
    ...installation,
    folder,
    settings: {
      ...installation.settings,
      project: name,
      containerName: name,
      port,
      url: `http://localhost:${port}`,
      folders: { libraries: './aperture-libraries', backups: './backups' },
      database: { ...database, containerName: `${name}-db`, publishedPort: await freePort() },
    },
  };
}

/** Every user may make something in it, as in the folder of containers of a NAS. */
function openFolder(): string {
  const folder = supportFolder('install');
  chmodSync(folder, 0o777);
  return folder;
}

/** The same on a database that the instance has. */
export function withoutDatabase({ database: _, ...settings }: ServerSettings): ServerSettings {
  return settings;
}

export async function newInstance({ instances }: Companion, more: Partial<Instance> = {}): Promise<Instance> {
  return instances.create({ name: 'films', kind: 'external', route: { kind: 'direct' }, ...more });
}

/** Plans and runs it, to its end. */
export async function install(
  companion: Companion,
  instance: Instance,
  installation: Installation,
): Promise<OperationView> {
  const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
  const { ended } = await companion.installs.run(plan.plan.id);
  return ended;
}

/** Why it did not end well, in words for the message of a test. */
export async function wordsOf({ operations }: Companion, view: OperationView): Promise<string> {
  const lines = (await operations.log(view.id)).map(({ line }) => line);
  const problem = view.problem === undefined ? '' : JSON.stringify([view.problem, problemText(view.problem)]);
  return [view.state, view.outcome === undefined ? '' : say(view.outcome), problem, ...lines.slice(-60)].join('\n');
}

export async function health(port: number): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) });
  return response.json();
}
