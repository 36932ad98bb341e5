import { describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { ContainerState, ServerStatus } from '../../../contract/server.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import { networkRates, range } from '../../../renderer/server/resourceSeries.ts';
import { canStart, canStop, serverLine } from '../../../renderer/server/serverLine.ts';
import { draftOf, settingsOf } from '../../../renderer/server/settingsDraft.ts';
import { startedParts } from '../../../renderer/server/startedParts.ts';

const at = '2026-05-30T12:00:00Z';
const running: ContainerState = { kind: 'running', since: at, restarts: 0, health: 'healthy' };
const all = ['container', 'log', 'health', 'database', 'schema'] as const;

function status(change: Partial<ServerStatus>): ServerStatus {
  return {
    container: { name: 'aperture' },
    state: running,
    started: false,
    missing: [...all],
    health: { kind: 'not-asked' },
    schema: { kind: 'unknown' },
    log: 'silent',
    migrationsOnStart: true,
    ports: [],
    networks: [],
    ...change,
  };
}

const problem = { code: 'container-exited', values: { container: 'aperture', host: 'nas', exitCode: 1 } } as const;

describe('what the server is like', () => {
  test.each<[ContainerState, string, boolean, boolean]>([
    [{ kind: 'created' }, 'quiet', true, false],
    [{ kind: 'created', error: 'port is taken' }, 'bad', true, false],
    [{ kind: 'paused', since: at }, 'warn', true, false],
    [{ kind: 'restarting', restarts: 1, exitCode: 1 }, 'warn', false, true],
    [{ kind: 'crash-loop', restarts: 7 }, 'bad', false, true],
    [{ kind: 'exited', exitCode: 1, at }, 'bad', true, false],
    [{ kind: 'out-of-memory', restarts: 0, at }, 'bad', true, false],
    [{ kind: 'stopped', exitCode: 0, at }, 'quiet', true, false],
    [{ kind: 'missing' }, 'bad', false, false],
    [{ kind: 'docker-unreachable', problem }, 'bad', false, false],
  ])('%j is %s', (state, tone, start, stop) => {
    const seen = status({ state });
    expect(serverLine(seen).tone).toBe(tone);
    expect([canStart(seen), canStop(seen)]).toEqual([start, stop]);
  });

  test('running is good only when all of it is there', () => {
    const health = { kind: 'ok', version: '0.7.8', databaseConnected: true } as const;
    expect(serverLine(status({ started: true, missing: [], health }))).toMatchObject({ tone: 'ok', at });
    // Migrations off, an empty database: /health is content.
    const empty = status({
      health,
      log: 'listening',
      missing: ['schema'],
      schema: { kind: 'pending', by: 'ledger' },
      problem,
    });
    expect(serverLine(empty).tone).toBe('bad');
    expect(say(serverLine(empty).more ?? serverLine(empty).title)).toContain('the database is not up to date');
    expect(serverLine(status({})).tone).toBe('busy');
    expect(serverLine(status({ state: { ...running, health: 'unhealthy', failingStreak: 3 } })).tone).toBe('bad');
  });
});

describe('what a start is made of', () => {
  const tones = (seen: ServerStatus) => startedParts(seen).map(({ tone }) => tone);

  test('awaited while it starts, missing once it is known why', () => {
    expect(tones(status({ missing: ['health', 'database', 'schema'] }))).toEqual(['ok', 'ok', 'busy', 'busy', 'busy']);
    const health = { kind: 'database-down', version: '0.7.8' } as const;
    const schema = { kind: 'pending', count: 2, by: 'ledger' } as const;
    expect(tones(status({ missing: ['database', 'schema'], health, schema, problem }))).toEqual([
      'ok',
      'ok',
      'ok',
      'bad',
      'bad',
    ]);
  });

  test('no alarm about one that was stopped, no claim about one that was not seen', () => {
    expect(tones(status({ state: { kind: 'stopped', exitCode: 0, at } }))).toEqual(Array(5).fill('quiet'));
    expect(tones(status({ state: { kind: 'docker-unreachable', problem }, problem }))).toEqual(Array(5).fill('quiet'));
  });
});

describe('resource use over time', () => {
  const sample = (seconds: number, networkBytes: number) => ({
    at: seconds * 1000,
    cpuPercent: 1,
    memoryBytes: 1,
    networkBytes,
  });

  test('bytes a second, and none across a restart', () => {
    expect(networkRates([sample(0, 0), sample(5, 1000), sample(10, 10), sample(12, 30)])).toEqual([
      { at: 5000, value: 200 },
      { at: 12_000, value: 10 },
    ]);
    expect(networkRates([sample(0, 0)])).toEqual([]);
  });

  test('low, high and how long', () => {
    const points = [3, 1, 2].map((value, index) => ({ at: index * 1000, value }));
    expect(range(points)).toEqual({ low: 1, high: 3, time: 2000 });
  });
});

describe('settings as typed', () => {
  const settings: ServerSettings = {
    project: 'aperture',
    image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8',
    containerName: 'aperture',
    user: 'root',
    url: 'http://nas.lan:3456',
    port: 3456,
    bindAddress: '127.0.0.1',
    timeZone: 'Europe/Berlin',
    folders: { libraries: './libraries', backups: '/srv/backups', media: '/srv/media' },
    runMigrations: true,
    hostGateway: true,
    networks: ['apps'],
  };

  test('unchanged, they are the settings', () => {
    expect(settingsOf(settings, draftOf(settings))).toEqual({ settings, errors: {} });
  });

  test('what is emptied is gone, what is not shown stays', () => {
    const { settings: changed } = settingsOf(settings, {
      ...draftOf(settings),
      bindAddress: ' ',
      media: '',
      port: '80',
    });
    expect(changed).toEqual({
      ...settings,
      port: 80,
      bindAddress: undefined,
      folders: { libraries: './libraries', backups: '/srv/backups' },
    });
    expect(changed).not.toHaveProperty('bindAddress');
  });

  test('each field says what is wrong with it', () => {
    const wrong = {
      ...draftOf(settings),
      image: 'two words',
      port: '1e3',
      bindAddress: 'everywhere',
      url: 'nas.lan',
      timeZone: '',
      libraries: 'libraries',
      backups: '/a:b',
    };
    const { settings: none, errors } = settingsOf(settings, wrong);
    expect(none).toBeUndefined();
    expect(Object.keys(errors).sort()).toEqual(
      ['backups', 'bindAddress', 'image', 'libraries', 'port', 'timeZone', 'url'].sort(),
    );
  });
});
