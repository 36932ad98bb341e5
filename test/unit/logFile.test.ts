import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createLogFile } from '../../main/adapters/logFile.ts';
import { createRedactor } from '../../main/redaction.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the app’s log', () => {
  it('has one JSON object in a line, with the causes of an error', async () => {
    const file = path.join(await temporaryFolder(), 'logs', 'app.log');
    const log = createLogFile({ file, redact: (text) => text, now: () => new Date(0) });
    log.info('started', { version: '1', count: 2 });
    log.error(
      'failed',
      {},
      new Error('above', { cause: Object.assign(new Error('below'), { code: 'ENOENT', password: 'pw' }) }),
    );
    await log.flush();
    const lines = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { at: '1970-01-01T00:00:00.000Z', level: 'info', message: 'started', version: '1', count: 2, pid: process.pid },
      {
        level: 'error',
        error: {
          name: 'Error',
          message: 'above',
          stack: expect.stringContaining('logFile.test'),
          cause: { message: 'below', code: 'ENOENT' },
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('pw');
  });

  it('is moved on before it grows too large', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'app.log');
    const log = createLogFile({ file, redact: (text) => text, maxBytes: 10_000 });
    for (let number = 0; number < 1_000; number += 1) {
      log.info(`line ${number}`);
      if (number % 20 === 0) await log.flush();
    }
    await log.flush();
    expect((await readdir(folder)).sort()).toEqual(['app.log', 'app.log.1', 'app.log.2']);
    for (const name of await readdir(folder))
      expect((await stat(path.join(folder, name))).size).toBeLessThanOrEqual(10_000);
    expect(await readFile(file, 'utf8')).toContain('line 999');
  });

  it('never throws where it cannot be written', async () => {
    const log = createLogFile({ file: '/dev/null/below/app.log', redact: (text) => text });
    log.error('lost');
    await log.flush();
  });

  test.prop([fc.string({ minLength: 6, maxLength: 60 }).filter((secret) => secret.trim().length > 5)], { numRuns: 40 })(
    'holds no secret, in no escape',
    async (secret) => {
      const file = path.join(await temporaryFolder(), 'app.log');
      const redactor = createRedactor();
      redactor.add(secret);
      const log = createLogFile({ file, redact: redactor.redact });
      log.warn(`password ${secret} given`, { detail: secret }, new Error(`for ${secret}`));
      await log.flush();
      const content = await readFile(file, 'utf8');
      expect(content).not.toContain(secret);
      expect(content).not.toContain(JSON.stringify(secret).slice(1, -1));
    },
  );
});
