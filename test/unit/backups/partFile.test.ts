import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createPartFile } from '../../../main/services/backups/partFile.ts';

it('tells how many bytes are written while they are', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'part-'));
  try {
    const part = await createPartFile(folder, 'aperture_home.dump');
    expect(part.bytes).toBe(0);
    await part.write(Buffer.alloc(70_000));
    expect(part.bytes).toBe(70_000);
    await part.write(Buffer.alloc(5));
    expect((await part.finish()).bytes).toBe(70_005);
    await part.discard();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
