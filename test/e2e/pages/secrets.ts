import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** The files below a folder that hold the secret: as it is, in UTF-16, base64, hex, or encoded for a URL. */
export async function filesHolding(folder: string, secret: string): Promise<string[]> {
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [
    bytes,
    Buffer.from(secret, 'utf16le'),
    // Without its last group, which depends on what follows.
    Buffer.from(bytes.toString('base64').slice(0, -4)),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(encodeURIComponent(secret)),
    Buffer.from(JSON.stringify(secret).slice(1, -1)),
  ];
  const holding: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    // A lock or a cache may be gone by now.
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    if (forms.some((form) => content.includes(form))) holding.push(path.relative(folder, file));
  }
  return holding;
}

/** What another process of the same user finds in the session's keychain under this account of the app. */
export async function passwordInKeychain(account: string): Promise<string | null> {
  const script = `import('keytar').then(({ default: keytar }) => keytar.getPassword('Aperture Companion', process.argv[1]))
    .then((found) => process.stdout.write(JSON.stringify(found)))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, account]);
  return JSON.parse(stdout) as string | null;
}

/** Ids of the saved instances, in order. */
export async function instanceIds(userData: string): Promise<string[]> {
  const file = JSON.parse(await readFile(path.join(userData, 'instances.json'), 'utf8')) as {
    data: { instances: { id: string }[] };
  };
  return file.data.instances.map(({ id }) => id);
}
