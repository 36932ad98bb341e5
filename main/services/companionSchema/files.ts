import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { byName } from '../migrations/ledger.ts';
import type { RunnableFile } from '../migrations/runner.ts';

/** The first of the files: what tells the folder from others of its name. */
const first = '0001_instance.sql';

/**
 * The SQL files of the companion's own schema, in order. They are in `migrations/` of the package: beside the source, beside `out` and in
 * the packed app alike, only at another depth.
 */
export async function companionMigrations(from: string = import.meta.dirname): Promise<RunnableFile[]> {
  const folder = await folderAbove(from);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  const files = names.map(async (name) => ({ name, sql: await readFile(join(folder, name), 'utf8') }));
  return (await Promise.all(files)).sort(byName);
}

async function folderAbove(start: string): Promise<string> {
  for (let at = start; ; at = dirname(at)) {
    const folder = join(at, 'migrations');
    const found = await access(join(folder, first)).then(
      () => true,
      () => false,
    );
    if (found) return folder;
    if (dirname(at) === at) throw new Error(`no migrations above ${start}`);
  }
}
