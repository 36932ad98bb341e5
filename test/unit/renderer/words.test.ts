import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../contract/copy/catalogue.ts';
import { text } from '../../../contract/copy/text.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { Plan } from '../../../contract/plan.ts';
import { filterOperations, operationDuration } from '../../../renderer/activity/operationLine.ts';
import { progressLine } from '../../../renderer/activity/progressLine.ts';
import { saidParts } from '../../../renderer/components/saidParts.ts';
import { validity } from '../../../renderer/database/validity.ts';
import { fixParts } from '../../../renderer/fixes/fixParts.ts';
import { planText } from '../../../renderer/fixes/planText.ts';
import { health } from '../../../renderer/overview/health.ts';
import { matchActions } from '../../../renderer/shell/matchActions.ts';

const anything = text('check.server-version.title');

describe('names inside statements', () => {
  it('are told apart from the words, settings too', () => {
    const parts = saidParts(text('check.memory-maintenance.good', { value: '64 MB' }));
    expect(parts[0]).toEqual({ part: 'maintenance_work_mem', name: true });
    expect(parts.map(({ part }) => part).join('')).toBe('maintenance_work_mem is 64 MB.');
  });
  it('leave no marks behind', () => {
    const said = saidParts(text('check.database-owner.owner', { role: 'ann', database: 'aperture' }));
    expect(said.filter(({ name }) => name).map(({ part }) => part)).toEqual(['ann', 'aperture']);
    expect(said.map(({ part }) => part).join('')).toBe('ann owns aperture.');
  });
});

describe('progress', () => {
  it('says amount, rate and time left where they are known', () => {
    expect(
      progressLine({ done: 196 * 1048576, total: 317 * 1048576, unit: 'bytes', rate: 1048576, secondsLeft: 5 }),
    ).toEqual({
      amount: '196 MB of 317 MB',
      rate: '1 MB a second',
      left: '5 s left',
    });
  });
  it('leaves out what is not known', () =>
    expect(progressLine({ done: 1, unit: 'checks' })).toEqual({ amount: '1 check' }));
});

describe('activity', () => {
  const operation = (part: Partial<OperationView>): OperationView => ({
    id: 'o1',
    kind: 'check',
    subject: { instanceId: 'i1', name: 'Living room' },
    state: 'succeeded',
    startedAt: '2026-11-23T02:00:00Z',
    endedAt: '2026-11-23T02:00:11Z',
    steps: [],
    stepIndex: 0,
    overall: 1,
    startedBy: 'window',
    ...part,
  });
  it('is found by words of its kind, its subject and its outcome', () => {
    const all = [operation({}), operation({ id: 'o2', kind: 'connect', subject: { name: 'Cellar' } })];
    const ids = (search: string) => filterOperations(all, { search, show: 'all' }).map(({ id }) => id);
    expect(ids('cellar')).toEqual(['o2']);
    expect(ids('checks')).toEqual(['o1']);
    expect(ids('nowhere')).toEqual([]);
  });
  it('counts what was interrupted among the failed', () => {
    const all = [operation({ state: 'interrupted' }), operation({ id: 'o2' })];
    expect(filterOperations(all, { search: '', show: 'failed' }).map(({ id }) => id)).toEqual(['o1']);
  });
  it('says how long it took once it has ended', () => {
    expect(operationDuration(operation({}))).toBe('11 s');
    expect(operationDuration(operation({ endedAt: undefined }))).toBeUndefined();
  });
});

describe('a plan as text', () => {
  it('has one comment for statements in one place, and quotes arguments', () => {
    const sql = (statement: string) =>
      ({ kind: 'sql', host: 'db.lan', database: 'aperture', role: 'postgres', statement }) as const;
    const plan: Plan = {
      id: 'p',
      title: anything,
      as: 'administrator',
      steps: [
        sql('CREATE EXTENSION vector;'),
        sql('CREATE EXTENSION pg_trgm'),
        { kind: 'command', host: 'nas', argv: ['echo', "it's"] },
      ],
      notes: [],
    };
    expect(planText(plan)).toBe(
      [
        '-- on db.lan, database aperture, as postgres',
        'CREATE EXTENSION vector;',
        'CREATE EXTENSION pg_trgm;',
        '',
        '# on nas',
        `echo 'it'\\''s'`,
      ].join('\n'),
    );
  });
});

describe('fixes', () => {
  it('are sorted by what can be done with them; a runnable one can also be copied', () => {
    const parts = fixParts(
      [
        { kind: 'run', id: 'create-extension-vector', title: anything, as: 'app', preview: '', why: anything },
        { kind: 'setting', id: 'trust-certificate', title: anything },
        { kind: 'portal', title: anything, steps: [] },
      ],
      anything,
    );
    expect([parts.now.length, parts.copy.length, parts.why.length]).toEqual([2, 2, 1]);
  });
});

describe('the first line of Overview', () => {
  const instance = {
    id: 'i1',
    name: 'Living room',
    kind: 'external',
    createdAt: '',
    updatedAt: '',
    route: { kind: 'direct' },
    password: 'keychain',
  } as const;
  const known = { connectionFailed: false, checksFailed: false, busy: false, loaded: true };
  it('asks to finish the set-up before anything else', () => {
    expect(health({ ...instance, setup: { step: 'checks' } }, { ...known, connectionFailed: true }).action).toBe(
      'continue-setup',
    );
  });
  it('does not call a database good that was not reached', () => {
    const report = { at: '', milliseconds: 1, roundTrips: 3, verdict: 'ready' as const, results: [] };
    expect(health(instance, { ...known, report }).tone).toBe('ok');
    expect(health(instance, { ...known, report, connectionFailed: true }).tone).toBe('bad');
  });
  it('does not call anything good that was not checked', () => expect(health(instance, known).tone).toBe('quiet'));
});

describe('certificates', () => {
  const certificate = { validFrom: '2026-01-01T00:00:00Z', validTo: '2027-01-01T00:00:00Z' };
  it.each([
    ['2025-12-31T00:00:00Z', 'not-yet'],
    ['2026-06-01T00:00:00Z', 'valid'],
    ['2026-12-15T00:00:00Z', 'soon'],
    ['2027-01-02T00:00:00Z', 'expired'],
  ])('at %s are %s', (now, state) => expect(validity(certificate, new Date(now))).toBe(state));
});

describe('the palette', () => {
  it('finds by any words, and puts names that begin with them first', () => {
    const actions = [{ name: 'Run all checks', hint: 'Database' }, { name: 'Database' }, { name: 'Settings' }];
    expect(matchActions(actions, 'database').map(({ name }) => name)).toEqual(['Database', 'Run all checks']);
    expect(matchActions(actions, 'checks run')).toHaveLength(1);
  });
});

describe('statements of the screens', () => {
  const own = Object.entries(catalogue).filter(([key]) => key.startsWith('screen.'));
  it('exclaim nothing and use no word of the web', () => {
    for (const [key, statement] of own) expect(statement, key).not.toMatch(/!|please|oops|something went wrong/i);
  });
});
