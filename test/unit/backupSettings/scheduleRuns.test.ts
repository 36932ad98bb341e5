import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../contract/backupSettings.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { OperationState, OperationView } from '../../../contract/operation.ts';
import { tryLock } from '../../../main/adapters/processLock.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import type { BackupRun } from '../../../main/services/backupRuns.ts';
import { createBackupSchedules } from '../../../main/services/backupSchedules.ts';
import { problemOf } from '../../integration/ssh/harness.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const never = new AbortController().signal;

/** The service alone: what it asks the others for is kept in memory, the clock is set by hand. */
async function service({
  at,
  end = 'succeeded',
  kind = 'external',
}: {
  at: string;
  end?: OperationState;
  kind?: Instance['kind'];
}) {
  const folder = await temporaryFolder();
  const state = { at, end, journal: [] as OperationView[], schedule: undefined as Schedule | undefined, busy: false };
  const instance: Instance = {
    id: 'home-1',
    name: 'Home',
    kind,
    route: { kind: 'direct' },
    createdAt: at,
    updatedAt: at,
  };
  const schedules = createBackupSchedules({
    folder,
    program: ['/opt/app'],
    environment: {},
    account: () => ({ home: folder, userName: 'anna', uid: 501, environment: {}, dataFolder: folder }),
    host: { run: async () => ({ exitCode: 0, signal: null, stdout: '', stderr: '' }) },
    instances: { get: async () => instance },
    settings: {
      get: async () => ({
        destinations: [],
        encryption: { kind: 'none' },
        keys: [],
        retention: { last: 0, daily: 0, weekly: 0, monthly: 0 },
        ...(state.schedule === undefined ? {} : { schedule: state.schedule }),
      }),
      setSchedule: async (_, schedule) => {
        state.schedule = schedule;
      },
    },
    runs: {
      run: async (): Promise<BackupRun> => {
        if (state.busy) throw new ProblemError('operation-busy', {});
        const operation = made(state.at, state.end, 'schedule');
        state.journal.unshift(operation);
        return { operation, copies: [], copied: true, told: [] };
      },
    },
    operations: { list: async () => state.journal },
    platform: 'linux',
    systemZone: () => 'UTC',
    now: () => new Date(state.at),
  });
  return { schedules, state, folder };
}

function made(startedAt: string, state: OperationState, startedBy: OperationView['startedBy']): OperationView {
  return {
    id: startedAt,
    kind: 'backup',
    subject: { instanceId: 'home-1', name: 'Home' },
    state,
    startedAt,
    steps: [],
    stepIndex: 0,
    overall: 0,
    startedBy,
  };
}

const daily = { kind: 'daily', at: '02:00' } as const;
const monday = '2026-05-04T12:00:00.000Z';
const tuesday = '2026-05-05T02:00:30.000Z';

describe('a scheduled run', () => {
  const calledAfter = async (end: OperationState, signal: AbortSignal = never) => {
    const { schedules, state } = await service({ at: monday, end });
    await schedules.set('home-1', daily, never);
    state.at = tuesday;
    expect((await schedules.run('home-1', signal)).ran).toBe(true);
    state.at = '2026-05-05T05:00:00.000Z';
    return schedules.run('home-1', never);
  };

  test.each(['succeeded', 'failed', 'cancelled'] as const)(
    'that %s is not made again before its next time',
    async (end) => {
      expect(await calledAfter(end)).toEqual({ ran: false, why: 'not-due', next: '2026-05-06T02:00:00.000Z' });
    },
  );

  test('that was cut off, or ended by a system that shuts down, is made up for', async () => {
    expect((await calledAfter('interrupted')).ran).toBe(true);
    expect((await calledAfter('cancelled', AbortSignal.abort())).ran).toBe(true);
  });

  test('is not needed after somebody has made a backup, but after one that failed', async () => {
    const { schedules, state } = await service({ at: monday });
    await schedules.set('home-1', daily, never);
    state.at = '2026-05-05T09:00:00.000Z';
    state.journal = [made('2026-05-05T08:00:00.000Z', 'succeeded', 'window')];
    expect((await schedules.run('home-1', never)).ran).toBe(false);
    state.journal = [made('2026-05-05T08:00:00.000Z', 'failed', 'window')];
    expect((await schedules.run('home-1', never)).ran).toBe(true);
  });

  test('says that the instance is busy, and is made at the next call', async () => {
    const { schedules, state, folder } = await service({ at: monday });
    await schedules.set('home-1', daily, never);
    state.at = tuesday;
    state.busy = true;
    expect(await schedules.run('home-1', never)).toMatchObject({ why: 'busy', problem: { code: 'operation-busy' } });
    state.busy = false;
    const held = await tryLock(path.join(folder, 'home-1.schedule.lock'));
    expect(await schedules.run('home-1', never)).toEqual({ ran: false, why: 'busy' });
    if ('lock' in held) await held.lock.release();
    expect((await schedules.run('home-1', never)).ran).toBe(true);
  });

  test('is none for a practice database', async () => {
    const { schedules } = await service({ at: monday, kind: 'practice' });
    expect((await problemOf(schedules.set('home-1', daily, never))).code).toBe('backup-practice');
  });
});

test('a schedule that is set again counts from then on', async () => {
  const { schedules, state } = await service({ at: monday });
  await schedules.set('home-1', { kind: 'daily', at: '11:00' }, never);
  expect(await schedules.view('home-1', never)).toMatchObject({
    due: false,
    next: '2026-05-05T11:00:00.000Z',
    scheduler: { kind: 'systemd', state: 'installed' },
  });
  state.at = '2026-05-07T10:00:00.000Z';
  expect((await schedules.view('home-1', never)).due).toBe(true);
  await schedules.set('home-1', daily, never);
  expect((await schedules.view('home-1', never)).due).toBe(false);
});
