import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reaper } from './reaper.ts';

/** A new folder that is removed when the test process ends, however it ends. Its path is short enough for Unix sockets. */
export function supportFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `aperture-${name}-`));
  reaper().watchPath(folder);
  return folder;
}
