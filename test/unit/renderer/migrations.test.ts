import { describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type {
  MigrationPreview,
  MigrationStatus,
  RehearsalReport,
  StatementPreview,
  StatementWarning,
} from '../../../contract/migration.ts';
import type { MigrationRunPlan } from '../../../contract/migrationRun.ts';
import { effectSums } from '../../../renderer/migrations/effectSums.ts';
import { filterEntries } from '../../../renderer/migrations/filterEntries.ts';
import { imageName } from '../../../renderer/migrations/imageName.ts';
import { migrationsLine } from '../../../renderer/migrations/migrationsLine.ts';
import { warningLine, warningSum } from '../../../renderer/migrations/previewWords.ts';
import { furtherNotes, rehearsedWell, runParts } from '../../../renderer/migrations/runParts.ts';
import { serverWords } from '../../../renderer/migrations/serverWords.ts';

const source = { kind: 'folder', name: '/srv/migrations', files: 3 } as const;

function status(change: Partial<MigrationStatus>): MigrationStatus {
  return {
    at: '2026-05-30T12:00:00Z',
    source,
    ledger: 'there',
    entries: [],
    applied: 3,
    pending: 0,
    unknown: 0,
    outOfOrder: [],
    ...change,
  };
}

describe('the answer that one came for', () => {
  test.each<[string, Partial<MigrationStatus>, string, RegExp]>([
    ['everything is applied', {}, 'ok', /^Up to date/],
    ['some are pending', { applied: 1, pending: 2 }, 'warn', /^2 migrations are pending/],
    ['nothing was ever applied', { applied: 0, pending: 3, ledger: 'missing' }, 'info', /^Nothing is applied yet: 3/],
    ['the database knows more', { unknown: 1 }, 'warn', /^The database is ahead: one migration/],
    [
      'there is nothing to compare with',
      { source: null, sourceProblem: { code: 'migrations-no-server', values: {} } },
      'info',
      /^3 migrations are applied; what is pending is not known/,
    ],
    [
      'the source cannot be read',
      { source: null, sourceProblem: { code: 'migrations-missing', values: {} } },
      'warn',
      /is not known/,
    ],
  ])('%s', (_name, change, tone, title) => {
    const line = migrationsLine(status(change));
    expect(line.tone).toBe(tone);
    expect(say(line.title)).toMatch(title);
    expect(say(line.more)).not.toContain('…');
  });

  test.each([
    [true, 'The server applies them the next time it starts.'],
    [false, 'They wait to be run here'],
    [undefined, 'What they do can be seen'],
  ])('who will see to it, where the server’s setting is %s', (onStart, words) => {
    const { more } = migrationsLine(status({ pending: 1, ...(onStart === undefined ? {} : { onStart }) }));
    expect(say(more)).toContain(words);
  });
});

test('entries are filtered by state and by every word, the newest first', () => {
  const entries = [
    { name: '0001_users.sql', state: 'applied' },
    { name: '0002_user_ratings.sql', state: 'applied' },
    { name: '0003_user_roles.sql', state: 'pending' },
  ] as const;
  const names = (search: string, show: 'all' | 'pending' | 'applied' | 'unknown') =>
    filterEntries(entries, { search, show }).map(({ name }) => name);
  expect(names('', 'all')).toEqual(['0003_user_roles.sql', '0002_user_ratings.sql', '0001_users.sql']);
  expect(names('USER  r', 'all')).toEqual(['0003_user_roles.sql', '0002_user_ratings.sql', '0001_users.sql']);
  expect(names('user_ ra', 'applied')).toEqual(['0002_user_ratings.sql']);
  expect(names('', 'unknown')).toEqual([]);
});

function statement(effect: StatementWarning['effect'], ...warnings: StatementWarning[]): StatementPreview {
  return { line: 1, sql: 'SELECT 1', command: 'SELECT', effect, warnings, needs: [] };
}
const deletes = (object: string, rows: number): StatementWarning => ({
  effect: 'destroys-data',
  reason: 'delete-all',
  object,
  rows,
  rowsExact: true,
  bytes: 1_000_000,
});

test('sums: the worst effect first, what hits the most rows first, each table once for a reason', () => {
  const files: MigrationPreview[] = [
    { name: '1.sql', effect: 'harmless', statements: [statement('harmless'), statement('harmless')] },
    {
      name: '2.sql',
      effect: 'destroys-data',
      statements: [
        statement('destroys-data', deletes('public.sessions', 5)),
        statement('destroys-data', deletes('public.embeddings', 12480)),
      ],
    },
    { name: '3.sql', effect: 'destroys-data', statements: [statement('destroys-data', deletes('public.sessions', 4))] },
  ];
  const [first, second, ...rest] = effectSums(files);
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ effect: 'destroys-data', statements: 3, files: 2 });
  expect(first?.worst.map(warningSum)).toEqual(['deletes 12,480 rows of embeddings', 'deletes 5 rows of sessions']);
  expect(second).toMatchObject({ effect: 'harmless', statements: 2, files: 1, worst: [] });
});

test('a warning tells its size, and a time where it takes one', () => {
  expect(warningLine(deletes('public.embeddings', 12480))).toBe(
    'embeddings: deletes every row of the table (12,480 rows)',
  );
  const index = { effect: 'builds-index', reason: 'create-index', object: 'media.movies', rows: 200 } as const;
  expect(warningLine({ ...index, bytes: 65_536, estimatedSeconds: 0.4 })).toMatch(
    /^media\.movies: .*\(about 200 rows, 64 kB, under a second\)$/,
  );
  expect(warningLine({ ...index, estimatedSeconds: 600 })).toContain('about 10 minutes');
  expect(warningLine({ effect: 'unknown', reason: 'dynamic-sql' })).toMatch(/^puts statements together/);
});

test('PostgreSQL’s words are taken apart, with lines that go on', () => {
  const detail =
    '7.sql, line 4\nINSERT …\nERROR: relation "x" does not exist (42P01)\nHINT: look\ntwice\nCONTEXT: PL/pgSQL';
  expect(serverWords(detail)).toEqual([
    { part: 'ERROR', said: 'relation "x" does not exist (42P01)' },
    { part: 'HINT', said: 'look\ntwice' },
    { part: 'CONTEXT', said: 'PL/pgSQL' },
  ]);
  expect(serverWords(undefined)).toEqual([]);
});

test('a tag alone is one of the usual image', () => {
  expect(imageName(' 0.7.8 ')).toBe('ghcr.io/dgruhin-hrizn/aperture:0.7.8');
  expect(imageName('localhost/aperture:mine')).toBe('localhost/aperture:mine');
});

describe('what to know before a run', () => {
  const plan: MigrationRunPlan = {
    plan: { id: 'p', title: { key: 'migrate.plan.title' }, as: 'app', steps: [], notes: [] },
    source,
    pending: [
      { name: '1.sql', bytes: 10 },
      { name: '2.sql', bytes: 10 },
    ],
    preview: [],
    destroys: 0,
    server: { sessions: [] },
    needsStop: false,
    needsOverride: false,
    blocked: [],
  };
  const tonesOf = (change: Partial<MigrationRunPlan>, rehearsal?: RehearsalReport) =>
    Object.fromEntries(runParts({ ...plan, ...change }, rehearsal).map(({ part, tone }) => [part, tone]));
  const rehearsal = (...files: [name: string, state: 'applied' | 'failed'][]): RehearsalReport => ({
    at: '2026-05-30T12:00:00Z',
    on: 'template-copy',
    copyMilliseconds: 400,
    files: files.map(([name, state]) => ({ name, state, milliseconds: 1, notices: 0 })),
    rows: [],
  });

  test('nothing at stake, and everything at stake', () => {
    expect(tonesOf({})).toEqual({ data: 'ok', backup: 'warn', rehearsal: 'info', server: 'info' });
    expect(tonesOf({ destroys: 2, needsOverride: true })).toMatchObject({ data: 'bad', backup: 'bad' });
    const backup = { at: '2026-05-30T12:00:00Z', name: 'aperture.dump' };
    expect(tonesOf({ destroys: 2, backup })).toMatchObject({ data: 'bad', backup: 'ok' });
  });

  test('only a rehearsal of these very files counts', () => {
    expect(rehearsedWell(plan, undefined)).toBeUndefined();
    expect(rehearsedWell(plan, rehearsal(['1.sql', 'applied']))).toBeUndefined();
    expect(rehearsedWell(plan, rehearsal(['1.sql', 'applied'], ['3.sql', 'applied']))).toBeUndefined();
    expect(rehearsedWell(plan, rehearsal(['1.sql', 'applied'], ['2.sql', 'applied']))).toBe(true);
    expect(rehearsedWell(plan, rehearsal(['1.sql', 'applied'], ['2.sql', 'failed']))).toBe(false);
    expect(tonesOf({}, rehearsal(['1.sql', 'applied'], ['2.sql', 'failed']))).toMatchObject({ rehearsal: 'bad' });
  });

  test('the server: stopped meanwhile, stopped already, or somebody in the way', () => {
    const container = { name: 'aperture', state: 'running', up: true } as const;
    expect(tonesOf({ server: { container, sessions: [] }, needsStop: true })).toMatchObject({ server: 'info' });
    expect(
      tonesOf({ server: { container: { ...container, state: 'stopped', up: false }, sessions: [] } }),
    ).toMatchObject({ server: 'ok' });
    expect(tonesOf({ blocked: [{ key: 'migrate.note.sessions' }] })).toMatchObject({ server: 'bad' });
  });

  test('what the parts tell is not said again', () => {
    const notes = [{ key: 'migrate.note.no-backup' }, { key: 'migrate.note.one-by-one' }] as const;
    expect(furtherNotes({ ...plan, plan: { ...plan.plan, notes: [...notes] } })).toEqual([notes[1]]);
  });
});
