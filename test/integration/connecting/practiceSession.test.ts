import path from 'node:path';
import { expect, test } from 'vitest';
import { forkPractice } from '../../../main/adapters/embeddedPostgres.ts';
import { createOperations } from '../../../main/services/operations/operations.ts';
import { createPractice } from '../../../main/services/practice.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { attempt, settingsFor } from './attempts.ts';

const module = path.join(import.meta.dirname, '..', '..', '..', 'main', 'practice', 'process.ts');

test('the practice database is logged in to and read from like any other', async () => {
  const folder = await temporaryFolder();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const redact = (text: string) => text;
  const operations = createOperations({
    folder: path.join(folder, 'operations'),
    emit: () => {},
    redact,
    log,
    startedBy: 'window',
  });
  const practice = createPractice({ folder, spawn: forkPractice(module), operations, log });
  const signal = new AbortController().signal;
  try {
    const { host, port, user, database } = await practice.ensureStarted('one', signal);
    const { connectPostgres } = await import('../../../main/adapters/postgres/connectPostgres.ts');
    const { directDial } = await import('../../../main/adapters/directDial.ts');
    const settings = { ...settingsFor({ host, port, superuser: user }), database };
    const session = await connectPostgres({
      settings,
      password: '',
      dial: directDial(),
      tlsFor: () => false,
      signal,
      queryTimeoutMs: 20_000,
    });
    const [versions, extensions] = await session.readable.readAll([
      "SELECT current_setting('server_version_num')::int AS version",
      "SELECT name FROM pg_available_extensions WHERE name = 'vector'",
    ]);
    expect(versions).toEqual([{ version: expect.any(Number) }]);
    expect(extensions).toEqual([{ name: 'vector' }]);
    await session.writable.transaction((inside) => inside.run('CREATE TABLE kept (a int)'));
    await expect(session.readable.read('INSERT INTO kept VALUES (1)')).rejects.toMatchObject({
      problem: { code: 'read-only-transaction' },
    });
    expect(await session.readable.read('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
    await session.close();
    expect(await attempt({ ...settings, tls: { mode: 'require' } })).toMatchObject({ code: 'tls-refused-by-server' });
  } finally {
    await practice.stopAll();
  }
});
