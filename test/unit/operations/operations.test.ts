import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { text } from '../../../contract/copy/text.ts';
import type { EventName, Events } from '../../../contract/events.ts';
import type { OperationView } from '../../../contract/operation.ts';
import { createLogFile } from '../../../main/adapters/logFile.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { createRedactor } from '../../../main/redaction.ts';
import { journalName } from '../../../main/services/operations/journalFiles.ts';
import { createOperations } from '../../../main/services/operations/operations.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const steps = [
  { name: text('operation.kind.connect'), weight: 1 },
  { name: text('operation.kind.check'), weight: 3 },
];
const home = { instanceId: 'home', name: 'Home' };

async function open(keep?: number) {
  const root = await temporaryFolder();
  const folder = path.join(root, 'operations');
  const redactor = createRedactor();
  const log = createLogFile({ file: path.join(root, 'app.log'), redact: redactor.redact });
  const events: { at: number; name: EventName; event: Events[EventName] }[] = [];
  const operations = createOperations({
    folder,
    emit: (name, event) => events.push({ at: performance.now(), name, event }),
    redact: redactor.redact,
    log,
    startedBy: 'window',
    ...(keep === undefined ? {} : { keep }),
  });
  const views = () =>
    events.filter(({ name }) => name === 'operation.changed').map(({ event }) => event as OperationView);
  const appLog = async () => {
    await log.flush();
    return await readFile(path.join(root, 'app.log'), 'utf8').catch(() => '');
  };
  return { folder, operations, events, views, redactor, appLog };
}

describe('an operation', () => {
  it('tells its steps, progress, log and outcome, live and afterwards', async () => {
    const { operations, views, events } = await open();
    const { id, ended } = await operations.run('check', home, steps, async (op) => {
      expect((await operations.list({ limit: 1 }))[0]).toMatchObject({ id: op.id, state: 'running' });
      op.log('first\nsecond', 'warn');
      op.step(1);
      op.progress(1, 4, 'checks');
      return text('operation.kind.check');
    });
    const final = await ended;
    expect(final).toMatchObject({
      id,
      kind: 'check',
      subject: home,
      state: 'succeeded',
      overall: 1,
      stepIndex: 1,
      progress: { done: 1, total: 4, unit: 'checks' },
      outcome: { key: 'operation.kind.check' },
      startedBy: 'window',
    });
    expect(views()[0]).toMatchObject({ id, state: 'running', overall: 0 });
    expect(views().at(-1)).toEqual(final);
    expect(await operations.list({ limit: 10 })).toEqual([final]);
    const lines = await operations.log(id);
    expect(lines.map(({ level, line }) => [level, line])).toEqual([
      ['warn', 'first'],
      ['warn', 'second'],
    ]);
    expect(
      events
        .filter(({ name }) => name === 'operation.logged')
        .flatMap(({ event }) => (event as Events['operation.logged']).lines),
    ).toEqual(lines);
  });

  it('sends at most five events a second, the last one always, and never goes back', async () => {
    const { operations, events, views } = await open();
    const { ended } = await operations.run('check', home, steps, async (op) => {
      for (let number = 0; number < 1_100; number += 1) {
        op.step(Math.floor(number / 600));
        op.progress(number % 600, 600, 'items');
        if (number % 10 === 0) await delay(10);
      }
      op.step(0);
      return undefined;
    });
    await ended;
    const changed = events.filter(({ name }) => name === 'operation.changed');
    const seconds = ((changed.at(-1)?.at ?? 0) - (changed[0]?.at ?? 0)) / 1_000;
    expect(seconds).toBeGreaterThan(1);
    expect(changed.length).toBeLessThanOrEqual(5 * seconds + 2);
    const shares = views().map((view) => view.overall);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(views().at(-1)).toMatchObject({ state: 'succeeded', stepIndex: 1 });
  });

  it('fails with its problem, redacted everywhere', async () => {
    const { operations, redactor, folder, views } = await open();
    redactor.add('hunter2"x');
    const { id, ended } = await operations.run('fix', home, steps, async (op) => {
      op.log('password is hunter2"x');
      throw new ProblemError('sql-error', { statement: 'hunter2"x' }, { detail: 'near "hunter2"x"' });
    });
    expect(await ended).toMatchObject({
      state: 'failed',
      problem: { code: 'sql-error', values: { statement: '***' }, detail: 'near "***"' },
    });
    const [name] = await readdir(folder);
    const journal = await readFile(path.join(folder, name ?? ''), 'utf8');
    expect(journal + JSON.stringify(views())).not.toContain('hunter2');
    expect((await operations.log(id))[0]?.line).toBe('password is ***');
  });

  it('keeps an unexpected error out of the journal and in the log, under a reference', async () => {
    const { operations, folder, appLog, redactor } = await open();
    redactor.add('s3cret-value');
    const { ended } = await operations.run('check', home, steps, async () => {
      throw new TypeError('cannot read s3cret-value', { cause: new Error('below') });
    });
    const view = await ended;
    expect(view).toMatchObject({ state: 'failed', unexpected: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(view.problem).toBeUndefined();
    const journal = await readFile(path.join(folder, (await readdir(folder))[0] ?? ''), 'utf8');
    expect(journal).not.toContain('TypeError');
    const logged = await appLog();
    expect(logged).toContain(view.unexpected);
    expect(logged).toContain('operations.test.ts');
    expect(logged).toContain('below');
    expect(logged).not.toContain('s3cret-value');
  });

  it.each([
    ['the signal’s own reason', (op: { signal: AbortSignal }) => Promise.reject(op.signal.reason)],
    ['another error', () => Promise.reject(new Error('socket closed'))],
    ['another problem', () => Promise.reject(new ProblemError('connection-lost'))],
  ])('is cancelled when it ends with %s after it was asked to stop', async (_, end) => {
    const { operations } = await open();
    const { id, ended } = await operations.run('check', home, steps, async (op) => {
      await new Promise((resolve) => op.signal.addEventListener('abort', resolve));
      return await end(op);
    });
    await operations.cancel(id);
    const view = await ended;
    expect(view.state).toBe('cancelled');
    expect(view.problem).toBeUndefined();
    await operations.cancel(id);
    expect(await operations.list({ limit: 1 })).toEqual([view]);
  });

  it('runs on when it does not listen, and is told as what it then became', async () => {
    const { operations } = await open();
    let finish: () => void = () => undefined;
    const { id, ended } = await operations.run('check', home, steps, async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return undefined;
    });
    await operations.cancel(id);
    await delay(50);
    expect((await operations.list({ limit: 1 }))[0]?.state).toBe('running');
    finish();
    expect((await ended).state).toBe('succeeded');
  });

  it('is the only exclusive one on its instance; the lock is free again however it ends', async () => {
    const { operations } = await open();
    let finish: () => void = () => undefined;
    const first = await operations.run(
      'fix',
      home,
      [],
      () => new Promise((resolve) => (finish = () => resolve(undefined))),
      { exclusive: true },
    );
    const again = () =>
      operations.run('fix', home, [], async () => Promise.reject(new Error('x')), { exclusive: true });
    await expect(again()).rejects.toMatchObject({
      problem: { code: 'operation-busy', values: { id: first.id, kind: 'fix', name: 'Home' } },
    });
    expect((await (await operations.run('check', home, [], async () => undefined)).ended).state).toBe('succeeded');
    expect(await operations.list({ limit: 10 })).toHaveLength(2);
    finish();
    await first.ended;
    expect((await (await again()).ended).state).toBe('failed');
    expect((await (await again()).ended).state).toBe('failed');
  });

  it('is stopped with the app', async () => {
    const { operations } = await open();
    const { ended } = await operations.run('check', home, [], (op) => delay(60_000, undefined, { signal: op.signal }));
    await operations.stop(5_000);
    expect((await ended).state).toBe('cancelled');
    await expect(operations.run('check', home, [], async () => undefined)).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
  });

  it('that nobody knows is missing, whatever it is called', async () => {
    const { operations } = await open();
    for (const id of ['', 'x', '../../etc/passwd', '.*']) {
      await expect(operations.log(id)).rejects.toMatchObject({ problem: { code: 'operation-missing' } });
      await expect(operations.cancel(id)).rejects.toMatchObject({ problem: { code: 'operation-missing' } });
    }
  });
});

describe('the history of operations', () => {
  const journal = (number: number, instanceId: string) => {
    const at = new Date(1_700_000_000_000 + number * 1_000).toISOString();
    const id = `id-${number}`;
    const start = {
      type: 'start',
      at,
      id,
      kind: 'check',
      subject: { instanceId, name: 'Home' },
      steps: [],
      startedBy: 'window',
      process: { pid: 1 },
    };
    const log = { type: 'log', at, level: 'info', line: 'x'.repeat(500) };
    const end = { type: 'end', at, state: 'succeeded', stepIndex: 0, overall: 1 };
    const lines = [start, ...Array.from({ length: 40 }, () => log), end];
    return { name: journalName(at, id), content: lines.map((line) => `${JSON.stringify(line)}\n`).join('') };
  };

  it('is quick with thousands of journals, newest first, of one instance or of all', async () => {
    const { operations, folder } = await open();
    await mkdir(folder, { recursive: true });
    for (let number = 0; number < 3_000; number += 1) {
      const { name, content } = journal(number, number % 10 === 0 ? 'home' : 'away');
      await writeFile(path.join(folder, name), content);
    }
    const started = performance.now();
    const newest = await operations.list({ limit: 50 });
    const ofHome = await operations.list({ instanceId: 'home', limit: 50 });
    const milliseconds = performance.now() - started;
    expect(newest.map((view) => view.id)).toEqual(Array.from({ length: 50 }, (_, n) => `id-${2_999 - n}`));
    expect(ofHome.map((view) => view.id)).toEqual(Array.from({ length: 50 }, (_, n) => `id-${2_990 - n * 10}`));
    expect(milliseconds).toBeLessThan(2_000);
    console.log(`two lists out of 3,000 journals: ${Math.round(milliseconds)} ms`);
  });

  it('keeps so many and removes the oldest, passes over what is no journal, and finds an end behind a long log', async () => {
    const { operations, folder } = await open(20);
    await mkdir(folder, { recursive: true });
    for (let number = 0; number < 30; number += 1) {
      const { name, content } = journal(number, 'home');
      await writeFile(path.join(folder, name), content);
    }
    await writeFile(path.join(folder, '99991231T000000000Z-foreign.jsonl'), 'not a journal\n');
    await writeFile(path.join(folder, 'note.txt'), '');
    const long = journal(31, 'home');
    await writeFile(path.join(folder, long.name), long.content);
    await appendFile(path.join(folder, long.name), '{"type":"end","at":"2026', 'utf8');
    await operations.recover();
    const views = await operations.list({ limit: 100 });
    expect(views[0]).toMatchObject({ id: 'id-31', state: 'succeeded' });
    expect(views.length).toBeLessThanOrEqual(20);
    const { id, ended } = await operations.run('check', home, [], async (op) => {
      for (let number = 0; number < 20_000; number += 1) op.log(`a line of the log with its number ${number}`);
      return undefined;
    });
    await ended;
    expect((await operations.log(id)).length).toBe(20_000);
    expect((await readdir(folder)).filter((name) => name.endsWith('.jsonl')).length).toBe(20);
  });
});
