import { describe, expect, it } from 'vitest';
import type { CheckId, CheckResult, CheckStatus } from '../../../contract/check.ts';
import { say, text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import { mostUrgentFirst, overlaidResults, replacedResult, sumLine } from '../../../renderer/checks/checkSum.ts';
import { fixesAtOnce } from '../../../renderer/checks/fixesAtOnce.ts';

const anything = text('check.server-version.title');

function result(id: CheckId, status: CheckStatus, fixes: Fix[] = []): CheckResult {
  return { id, status, title: anything, evidence: anything, fixes };
}

function enable(extension: 'vector' | 'pg_trgm', as: 'app' | 'administrator'): Fix {
  return {
    kind: 'run',
    id: `create-extension-${extension}`,
    title: anything,
    as,
    preview: `CREATE EXTENSION ${extension};`,
  };
}

describe('the order of the rows', () => {
  const rows = (...results: CheckResult[]) => results.map((one) => ({ result: one }));
  const ids = (of: readonly { result: CheckResult }[]) => of.map((row) => row.result.id);
  const report = [
    result('server-version', 'pass'),
    result('encoding', 'skipped'),
    result('extension-vector', 'warn'),
    result('extension-pgcrypto', 'fail'),
    result('extension-pg_trgm', 'fail'),
  ];

  it('has what needs a hand first, and keeps the order among equals', () => {
    expect(ids(mostUrgentFirst(rows(...report), report))).toEqual([
      'extension-pgcrypto',
      'extension-pg_trgm',
      'extension-vector',
      'server-version',
      'encoding',
    ]);
  });
  it('stays while checks run again, whatever they find', () => {
    const now = rows(
      ...report.map((one) => (one.id === 'extension-pgcrypto' ? { ...one, status: 'pass' as const } : one)),
    );
    expect(ids(mostUrgentFirst(now, report))[0]).toBe('extension-pgcrypto');
  });
  it('is that of arrival in the first run', () => {
    expect(ids(mostUrgentFirst(rows(...report), undefined))).toEqual(ids(rows(...report)));
  });
});

describe('the sum line', () => {
  it('says ready when nothing fails, also with skipped checks', () => {
    const { tone, line } = sumLine([result('encoding', 'pass'), result('free-disk', 'skipped')]);
    expect([tone, say(line)]).toEqual(['ok', 'Ready']);
  });
  it('counts warnings', () => {
    const { tone, line } = sumLine([result('encoding', 'pass'), result('memory-work-mem', 'warn')]);
    expect(tone).toBe('warn');
    expect(say(line)).toContain('1');
  });
  it('counts what is to be fixed, and not the warnings beside it', () => {
    const { tone, line } = sumLine([
      result('extension-vector', 'fail'),
      result('extension-pg_trgm', 'fail'),
      result('memory-work-mem', 'warn'),
    ]);
    expect(tone).toBe('bad');
    expect(say(line)).toBe('Not ready: 2 things to fix');
  });
});

describe('results as they arrive', () => {
  it('take their place in the order of the checks', () => {
    const arrived = [result('encoding', 'pass'), result('server-version', 'pass')].reduce(replacedResult, []);
    expect(arrived.map(({ id }) => id)).toEqual(['server-version', 'encoding']);
  });
  it('replace the older one of the same check, and the others wait', () => {
    const rows = overlaidResults(
      [result('server-version', 'pass'), result('encoding', 'fail')],
      [result('encoding', 'pass')],
    );
    expect(rows.map(({ result: { id, status }, fresh }) => [id, status, fresh])).toEqual([
      ['server-version', 'pass', false],
      ['encoding', 'pass', true],
    ]);
  });
});

describe('fixing together', () => {
  it('is not offered for one fix', () => {
    expect(fixesAtOnce([result('extension-vector', 'fail', [enable('vector', 'app')])])).toBeUndefined();
  });
  it('needs the administrator as soon as one fix does', () => {
    const together = fixesAtOnce([
      result('extension-vector', 'fail', [enable('vector', 'administrator')]),
      result('extension-pg_trgm', 'fail', [enable('pg_trgm', 'app')]),
      result('encoding', 'pass', [enable('pg_trgm', 'app')]),
    ]);
    expect(together?.as).toBe('administrator');
    expect(together?.checks).toEqual(['extension-vector', 'extension-pg_trgm']);
  });
});
