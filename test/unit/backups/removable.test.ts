import { describe, expect, it } from 'vitest';
import type { BackupVerification, BackupView } from '../../../contract/backup.ts';
import { removable } from '../../../main/services/backups/removable.ts';

const at = '2026-11-23T02:00:00.000Z';
const verified: BackupVerification = { state: 'verified', at };
const damaged = (why: 'checksum' | 'empty' | 'missing'): BackupVerification => ({ state: 'damaged', at, why });

function view(id: string, verification: BackupVerification): BackupView {
  const where = { kind: 'folder' as const, folder: '/backups', path: `/backups/${id}.dump` };
  return { id, where, bytes: 1, modifiedAt: at, verification, manifest: {} as BackupView['manifest'] };
}

describe('what may be removed', () => {
  const newest = view('newest', damaged('checksum'));
  const good = view('good', verified);
  const older = view('older', verified);
  const unknown = view('unknown', { state: 'unverified' });

  it('never the newest good one, but what is older or bad beside it', () => {
    const all = [newest, good, unknown, older];
    expect(all.filter((one) => removable(one, all)).map(({ id }) => id)).toEqual(['newest', 'unknown', 'older']);
  });

  it('nothing that may still be of use while no good one is there', () => {
    const empty = view('empty', damaged('empty'));
    const gone = view('gone', damaged('missing'));
    const all = [newest, unknown, empty, gone];
    expect(all.filter((one) => removable(one, all)).map(({ id }) => id)).toEqual(['empty', 'gone']);
  });

  it('a file without a manifest is no good one, whatever is said of it', () => {
    const { manifest: _, ...stranger } = good;
    expect(removable(unknown, [stranger, unknown])).toBe(false);
  });
});
