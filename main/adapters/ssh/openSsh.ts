import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** Path of OpenSSH's client, if there is one on PATH. */
export async function findOpenSsh(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string | undefined> {
  const windows = platform === 'win32';
  const folders = (env.PATH ?? env.Path ?? '').split(windows ? ';' : ':').filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    const candidate = path.join(folder, windows ? 'ssh.exe' : 'ssh');
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}
