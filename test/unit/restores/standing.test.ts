import { describe, expect, it } from 'vitest';
import type { SideDatabase } from '../../../contract/restore.ts';
import { standingOf } from '../../../main/services/restores/standing.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const side: SideDatabase = {
  name: 'films_companion_00000001',
  oid: 7,
  state: 'making',
  besides: 'films',
  operationId: 'op',
  since: '2026-11-23T11:59:00.000Z',
  bytes: 1,
  sessions: 0,
};

describe('what can be done about a database beside the one in use', () => {
  it.each([
    ['its operation runs', {}, [{ id: 'op', state: 'running' }], 'running'],
    ['its process is gone', {}, [{ id: 'op', state: 'interrupted' }], 'unfinished'],
    ['it has no note yet and nobody knows of it', { operationId: '' }, [], 'unfinished'],
    ['another computer makes it', { sessions: 2 }, [], 'running'],
    ['another computer may be making it', {}, [], 'running'],
    ['another computer left it behind', { since: '2026-11-20T00:00:00.000Z' }, [], 'unfinished'],
    ['it is proven', { state: 'ready' }, [{ id: 'op', state: 'interrupted' }], 'ready'],
    ['it was in use', { state: 'kept', keepUntil: '2026-11-24T00:00:00.000Z' }, [], 'kept'],
    ['it was to be kept until now', { state: 'kept', keepUntil: '2026-11-23T12:00:00.000Z' }, [], 'expired'],
  ] as const)('%s', (_, more, operations, standing) => {
    expect(standingOf({ ...side, ...more }, operations, now).standing).toBe(standing);
  });
});
