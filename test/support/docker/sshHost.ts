import { chmodSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { mustRun } from '../processes.ts';
import { type Sshd, type SshdOptions, startSshd } from '../sshd.ts';
import type { SshKey } from '../sshKeys.ts';
import { supportFolder } from '../supportFolder.ts';
import { composePlugin, type Docker, type DockerPrograms, shownPrograms } from './engine.ts';

/** What a Docker host is to be like. */
export interface DockerHostOptions extends Omit<SshdOptions, 'users' | 'mounts'> {
  /** Lets this key in as each user. */
  readonly key: SshKey;
  /** Docker's programs there: `docker` and `docker compose` unless told. */
  readonly programs?: DockerPrograms;
  /** Whether an engine answers at the usual socket: yes unless told. */
  readonly engine?: boolean;
}

/**
 * Starts an sshd on a machine as its users find it: the engine of the tests at /var/run/docker.sock, the programs asked
 * for in their usual places, and none besides. Only that sshd and its users see it so.
 *
 * Its users, by what they may do: `inGroup` uses Docker as it is, `withSudo` and `withSudoPassword` only as root,
 * `without` not at all.
 */
export async function startDockerHost(docker: Docker, options: DockerHostOptions): Promise<Sshd> {
  const { key, programs = 'v2', engine = true, ...rest } = options;
  const layer = await layerOverUsr(programs);
  const keys = [key.publicKey];
  return startSshd({
    ...rest,
    users: [
      { name: 'inGroup', keys, groups: ['docker'] },
      { name: 'withSudo', keys, sudo: 'without password' },
      { name: 'withSudoPassword', keys, sudo: 'with password' },
      { name: 'without', keys },
    ],
    mounts: [
      'mount -t tmpfs -o mode=755 tmpfs /run || exit',
      'mkdir /run/sshd /run/lock',
      ...(engine ? ['touch /run/docker.sock', `mount --bind ${docker.socket} /run/docker.sock || exit`] : []),
      `mount -t overlay overlay -o lowerdir=${layer}:/usr /usr || exit`,
    ],
  });
}

const places = ['bin', 'sbin', 'local/bin', 'local/sbin'];
const pluginFolders = ['libexec/docker', 'lib/docker', 'local/lib/docker', 'local/libexec/docker'] as const;

/** A layer that hides what is not wanted of /usr (overlayfs takes a device 0/0 as "not there") and adds the plug-in. */
async function layerOverUsr(programs: DockerPrograms): Promise<string> {
  const layer = supportFolder('usr');
  const hide = async (name: string) => {
    const target = path.join(layer, name);
    mkdirSync(path.dirname(target), { recursive: true });
    await mustRun(['mknod', target, 'c', '0', '0']);
  };
  for (const place of places) {
    for (const name of existsSync(`/usr/${place}`) ? readdirSync(`/usr/${place}`) : []) {
      const wanted = place === 'bin' && shownPrograms[programs].includes(name);
      if (name.startsWith('docker') && !wanted) await hide(`${place}/${name}`);
    }
  }
  for (const folder of pluginFolders) {
    const here = folder === pluginFolders[0] && programs === 'v2';
    if (!here && existsSync(`/usr/${folder}`)) await hide(folder);
  }
  if (programs === 'v2') {
    const plugins = path.join(layer, pluginFolders[0], 'cli-plugins');
    mkdirSync(plugins, { recursive: true });
    // Linked where it can be: it is large.
    try {
      linkSync(composePlugin, path.join(plugins, 'docker-compose'));
    } catch {
      cpSync(composePlugin, path.join(plugins, 'docker-compose'));
    }
  }
  // The layer becomes /usr for the users.
  for (const folder of ['', ...readdirSync(layer)]) chmodSync(path.join(layer, folder), 0o755);
  return layer;
}
