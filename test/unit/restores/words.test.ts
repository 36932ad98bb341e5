import { describe, expect, it } from 'vitest';
import { createWords } from '../../../main/services/restores/words.ts';

function read(lines: readonly string[]) {
  let stopped = 0;
  const words = createWords({
    total: 10,
    log: () => undefined,
    progress: () => undefined,
    onFatal: () => {
      stopped += 1;
    },
  });
  for (const line of lines) words.line(line);
  return { ...words.end(), stopped };
}

describe('what pg_restore says', () => {
  it('a setting that an older server does not know takes nothing away', () => {
    const said = read([
      'pg_restore: while INITIALIZING:',
      'pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"',
      'Command was: SET transaction_timeout = 0;',
      'pg_restore: warning: errors ignored on restore: 1',
    ]);
    expect(said).toMatchObject({ fatal: [], stopped: 0, ignored: [expect.stringContaining('transaction_timeout')] });
  });

  it('the same message about anything but a setting of the session is an error', () => {
    const said = read([
      'pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"',
      'Command was: ALTER FUNCTION f() SET transaction_timeout = 0;',
    ]);
    expect(said).toMatchObject({ ignored: [], stopped: 1 });
  });

  it('finds an error behind what another worker wrote on the same line', () => {
    const said = read([
      'pg_restore:pg_restore:  error: could not execute query: ERROR:  could not resize shared memory segment',
      'DETAIL:  No space left on device',
      'Command was: CREATE INDEX i ON t USING hnsw (e);',
      'pg_restore: error: could not execute query: ERROR:  relation "x" does not exist',
      'pg_restore: creating TABLE "public.y"',
    ]);
    expect(said.fatal).toHaveLength(2);
    expect(said.fatal[0]).toContain('CREATE INDEX');
    expect(said.stopped).toBe(1);
  });

  it('an error of psql ends it', () => {
    expect(read(['psql:<stdin>:4: ERROR:  syntax error at or near "x"']).stopped).toBe(1);
  });
});
