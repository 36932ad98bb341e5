import { describe, expect, test } from 'vitest';
import type { ContainerState } from '../../../contract/server.ts';
import { type Inspected, inspectSchema } from '../../../main/adapters/docker/inspect.ts';
import { containerState, remember } from '../../../main/services/server/containerState.ts';
import { stateProblem } from '../../../main/services/server/stateProblem.ts';

const now = Date.parse('2026-05-30T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

/** What engine 20.10 answers, with what a case changes. */
function inspected(
  state: Record<string, unknown>,
  more: { restarts?: number; policy?: string; retries?: number; memory?: number } = {},
): Inspected {
  return inspectSchema.parse({
    Id: 'f00d',
    Name: '/aperture',
    Created: '2026-05-30T10:00:00.123456789Z',
    Path: 'docker-entrypoint.sh',
    Image: 'sha256:abc',
    RestartCount: more.restarts ?? 0,
    State: {
      Status: 'running',
      Running: false,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 0,
      ExitCode: 0,
      Error: '',
      StartedAt: ago(3600),
      FinishedAt: '0001-01-01T00:00:00Z',
      ...state,
    },
    HostConfig: {
      Memory: more.memory ?? 0,
      NetworkMode: 'bridge',
      RestartPolicy: { Name: more.policy ?? 'unless-stopped', MaximumRetryCount: more.retries ?? 0 },
    },
    Config: { Image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8', Env: null, Labels: null },
    NetworkSettings: { Ports: {}, Networks: {} },
  });
}

const health = (Status: string) => ({
  Health: { Status, FailingStreak: 2, Log: [{ ExitCode: 1, Output: ' down \n' }] },
});
const running = { Status: 'running', Running: true };
const ended = { Status: 'exited', FinishedAt: ago(5) };

const portTaken =
  'driver failed programming external connectivity: Bind for 0.0.0.0:3456 failed: port is already allocated';
const cases: [string, Inspected | undefined, Partial<ContainerState>][] = [
  ['missing', undefined, { kind: 'missing' }],
  ['created', inspected({ Status: 'created' }), { kind: 'created' }],
  [
    'created, could not start',
    inspected({ Status: 'created', ExitCode: 128, Error: portTaken }),
    { kind: 'created', error: portTaken },
  ],
  ['running without a health check', inspected(running), { kind: 'running', health: 'none' }],
  ['starting', inspected({ ...running, ...health('starting') }), { kind: 'running', health: 'starting' }],
  [
    'healthy',
    inspected({ ...running, ...health('healthy') }),
    { kind: 'running', health: 'healthy', lastProbe: 'down' },
  ],
  [
    'unhealthy',
    inspected({ ...running, ...health('unhealthy') }),
    { kind: 'running', health: 'unhealthy', failingStreak: 2 },
  ],
  ['ran for long since its last restart', inspected(running, { restarts: 9 }), { kind: 'running', restarts: 9 }],
  [
    'up for a moment between crashes',
    inspected({ ...running, StartedAt: ago(2) }, { restarts: 4 }),
    { kind: 'crash-loop', restarts: 4 },
  ],
  [
    'healthy soon after restarts',
    inspected({ ...running, StartedAt: ago(20), ...health('healthy') }, { restarts: 4 }),
    { kind: 'running' },
  ],
  [
    'first restart',
    inspected({ Status: 'restarting', Running: true, Restarting: true, ExitCode: 1 }, { restarts: 1 }),
    { kind: 'restarting', exitCode: 1 },
  ],
  [
    'restarting again',
    inspected({ Status: 'restarting', Restarting: true, ExitCode: 1 }, { restarts: 5 }),
    { kind: 'crash-loop', restarts: 5, exitCode: 1 },
  ],
  [
    'out of memory, started again',
    inspected(
      { Status: 'restarting', Restarting: true, ExitCode: 137, OOMKilled: true },
      { restarts: 2, memory: 1 << 20 },
    ),
    { kind: 'out-of-memory', restarts: 2, limitBytes: 1 << 20 },
  ],
  [
    'out of memory, left down',
    inspected({ ...ended, ExitCode: 137, OOMKilled: true }, { policy: 'no' }),
    { kind: 'out-of-memory', restarts: 0 },
  ],
  ['docker stop', inspected({ ...ended, ExitCode: 0 }), { kind: 'stopped', exitCode: 0 }],
  ['docker stop that had to kill', inspected({ ...ended, ExitCode: 137 }), { kind: 'stopped', exitCode: 137 }],
  [
    'stopped out of a crash loop',
    inspected({ ...ended, ExitCode: 1 }, { restarts: 12 }),
    { kind: 'stopped', exitCode: 1 },
  ],
  ['stopped, never restarted by policy', inspected({ ...ended, ExitCode: 143 }, { policy: 'no' }), { kind: 'stopped' }],
  [
    'exited, never restarted by policy',
    inspected({ ...ended, ExitCode: 1 }, { policy: 'no' }),
    { kind: 'exited', exitCode: 1 },
  ],
  [
    'killed by nobody knows whom',
    inspected({ ...ended, ExitCode: 137 }, { policy: 'no' }),
    { kind: 'exited', exitCode: 137 },
  ],
  [
    'gave up',
    inspected({ ...ended, ExitCode: 1 }, { policy: 'on-failure', retries: 3, restarts: 3 }),
    { kind: 'exited', exitCode: 1 },
  ],
  [
    'stopped before it gave up',
    inspected({ ...ended, ExitCode: 1 }, { policy: 'on-failure', retries: 3, restarts: 1 }),
    { kind: 'stopped' },
  ],
  [
    'could not be started by the policy',
    inspected({ ...ended, ExitCode: 128, Error: portTaken }),
    { kind: 'exited', error: portTaken },
  ],
  ['paused', inspected({ Status: 'paused', Running: true, Paused: true }), { kind: 'paused' }],
  ['dead', inspected({ Status: 'dead', Dead: true, ExitCode: 1 }, { policy: 'no' }), { kind: 'exited' }],
];

describe('the state of a container', () => {
  test.each(cases)('%s', (_, container, expected) => {
    expect(containerState(container, now)).toMatchObject(expected);
  });

  test('a restart count that rises tells a crash loop, though it was never seen down', () => {
    const young = inspected({ ...running, StartedAt: ago(3) }, { restarts: 1 });
    expect(containerState(young, now)).toMatchObject({ kind: 'running' });
    expect(containerState(young, now, { id: 'f00d', restarts: 0 })).toMatchObject({ kind: 'crash-loop' });
    // Between two crashes the count stands still; that it rose is remembered, and forgotten when it has been quiet.
    const seen = remember(young, now, { id: 'f00d', restarts: 0 });
    expect(containerState(young, now + 1000, seen)).toMatchObject({ kind: 'crash-loop' });
    expect(containerState(young, now + 120_000, remember(young, now + 1000, seen))).toMatchObject({ kind: 'running' });
    // Another container of the same name counts from zero.
    expect(containerState(young, now, { id: 'beef', restarts: 0 })).toMatchObject({ kind: 'running' });
  });

  test('somebody’s stop and a running server are no problem; everything else has one', () => {
    const calm = new Set(['running', 'paused', 'stopped', 'created', 'restarting']);
    for (const [, container] of cases) {
      const state = containerState(container, now);
      const problem = stateProblem(state, 'aperture', 'nas');
      const refused = 'error' in state && state.error !== undefined;
      expect([state.kind, problem === undefined]).toEqual([state.kind, calm.has(state.kind) && !refused]);
      if (refused) expect(problem?.code).toBe('container-port-taken');
    }
  });
});
