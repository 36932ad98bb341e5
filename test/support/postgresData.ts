import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, type PostgresMajor, serverCommand, serverUser } from './postgresInstallation.ts';
import { mustRun } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** The superuser of every server that tests start. */
export const superuser = 'postgres';

/**
 * Makes a new data folder for a server: `initdb` runs once per major version and machine, later ones are copies.
 * Everybody may log in until pg_hba.conf is written.
 */
export async function newDataFolder(major: PostgresMajor, target: string): Promise<void> {
  const template = join(cacheFolder, 'postgres', 'templates', String(major));
  if (!existsSync(template)) await makeTemplate(major, template);
  await mustRun(['cp', '-a', '--reflink=auto', template, target]);
  await giveToServer(target);
}

/** Makes a data folder that streams from another server (`standby.signal` and `primary_conninfo` are set). */
export async function newStandbyFolder(
  major: PostgresMajor,
  target: string,
  primary: { host: string; port: number; password: string },
): Promise<void> {
  const source = `host=${primary.host} port=${primary.port} user=${superuser} password=${primary.password}`;
  await mustRun(
    serverCommand(major, 'pg_basebackup', [
      `--dbname=${source}`,
      `--pgdata=${target}`,
      '-R',
      '-X',
      'stream',
      '-c',
      'fast',
    ]),
  );
}

/** Hands a file or folder to the user that servers run as. */
export async function giveToServer(path: string): Promise<void> {
  if (process.getuid?.() === 0) await mustRun(['chown', '-R', `${serverUser.uid}:${serverUser.gid}`, path]);
}

async function makeTemplate(major: PostgresMajor, template: string): Promise<void> {
  const scratch = supportFolder('initdb');
  await giveToServer(scratch);
  const data = join(scratch, 'data');
  await mustRun(
    serverCommand(major, 'initdb', [
      `--pgdata=${data}`,
      `--username=${superuser}`,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--auth=trust',
      '--no-sync',
    ]),
  );
  mkdirSync(join(template, '..'), { recursive: true });
  const making = `${template}.${process.pid}`;
  await mustRun(['cp', '-a', data, making]);
  try {
    renameSync(making, template);
  } catch (error) {
    // Another test file finished its own in the meantime; theirs is as good.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
}
