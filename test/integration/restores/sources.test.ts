import { createReadStream, createWriteStream, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encrypt, generateKeyPair } from '../../../main/adapters/age.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { mustRun } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { addInstance, backup, never, startCompanion, toolsFolder } from '../backups/harness.ts';
import { databaseNames, fillFilms, restored, titles } from './harness.ts';

const inherited = process.env.PATH;

/** A database of its own on a server, with its instance. */
async function place(companion: Companion, server: PostgresServer, vectors: boolean) {
  const owner = await createOwnedDatabase(server, 'aperture');
  await server.sql(`ALTER ROLE "${owner.user}" CREATEDB`);
  if (vectors) await server.sql('CREATE EXTENSION IF NOT EXISTS vector', { database: 'template1' });
  return { owner, instanceId: await addInstance(companion, server, owner) };
}

describe('what a restore can be made from', () => {
  const data = supportFolder('companion');
  let companion: Companion;
  let from: PostgresServer;
  let owner: TestRole;
  let instanceId: string;
  let wanted: string;

  beforeAll(async () => {
    process.env.PATH = `${toolsFolder(17)}${path.delimiter}${inherited}`;
    companion = startCompanion(data);
    from = await startPostgres({ major: 17 });
    ({ owner, instanceId } = await place(companion, from, true));
    await fillFilms(from, owner, false);
    await from.sql(`CREATE FUNCTION newest() RETURNS int LANGUAGE sql AS 'SELECT max(year) FROM movies'`, owner);
    wanted = await titles(from, 'aperture');
  }, 120_000);
  afterAll(async () => {
    await companion?.stop();
    await from?.stop('immediate');
    process.env.PATH = inherited;
  });

  const env = () => ({
    ...process.env,
    PGHOST: from.host,
    PGPORT: String(from.port),
    PGUSER: owner.user,
    PGPASSWORD: owner.password,
    PGDATABASE: 'aperture',
  });
  const change = () => from.sql(`UPDATE movies SET title = title || ' changed'`, owner);

  it.each([
    ['plain pg_dump', ['-Fc']],
    ['the server’s own way', ['-Fc', '-Z6', '--no-owner', '--no-acl']],
    ['tar', ['-Ft']],
    ['SQL text', ['-Fp']],
    ['SQL text, gzip', ['-Fp', 'gzip']],
  ])('%s', async (_, [format = '', ...options]) => {
    const file = path.join(supportFolder('dumps'), 'films.dump');
    const more = options.filter((option) => option !== 'gzip');
    await mustRun([clientProgram(17, 'pg_dump'), format, ...more, '-f', file], { env: env() });
    if (options.includes('gzip')) writeFileSync(file, gzipSync(readFileSync(file)));
    await change();
    const report = await restored(companion, { instanceId, file });
    expect(await titles(from, 'aperture')).toBe(wanted);
    expect(report.proof).toMatchObject({ compared: 0, indexes: { invalid: [] }, numbers: { users: 7, migrations: 2 } });
    expect((await from.sql('SELECT newest() AS year', { database: 'aperture' }))[0]?.year).toBe(2019);
  });

  it('an encrypted one, with its key and with no other', async () => {
    const made = await backup(companion, instanceId);
    const key = await generateKeyPair();
    const other = await generateKeyPair();
    const file = path.join(supportFolder('encrypted'), 'aperture_x.dump.age');
    const target = { kind: 'recipients', recipients: [key.recipient] } as const;
    await pipeline(await encrypt(createReadStream(made.where.path), target, never), createWriteStream(file));
    await change();
    const wrong = { instanceId, file, keys: [{ kind: 'identity', identity: other.identity }] } as const;
    await expect(companion.restores.plan(wrong, never)).rejects.toMatchObject({
      problem: { code: 'backup-key-wrong' },
    });
    const right = { instanceId, file, keys: [{ kind: 'identity', identity: key.identity }] } as const;
    expect((await restored(companion, right)).source).toMatchObject({ encrypted: true });
    expect(await titles(from, 'aperture')).toBe(wanted);
    // What was decrypted is gone.
    expect(readdirSync(path.join(data, 'restores'))).toEqual([]);
    const bytes = readFileSync(file);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(companion.restores.plan(right, never)).rejects.toMatchObject({ problem: { code: 'backup-damaged' } });
    expect(readdirSync(path.join(data, 'restores'))).toEqual([]);
  });

  it('nothing in SQL text starts a program here', async () => {
    const folder = supportFolder('hostile');
    const file = path.join(folder, 'hostile.sql');
    const mark = path.join(folder, 'mark');
    writeFileSync(
      file,
      `-- PostgreSQL database dump\n\\restrict abc\nCREATE TABLE movies (id int, title text);\n\\unrestrict abc\n\\! touch ${mark}\nSELECT 1;\n-- PostgreSQL database dump complete\n`,
    );
    const before = await databaseNames(from);
    const view = await (await companion.restores.run({ instanceId, file })).ended;
    expect(view.state).toBe('failed');
    expect(readdirSync(folder)).toEqual(['hostile.sql']);
    expect(await databaseNames(from)).toEqual(before);
  });

  it.each([
    [17, 15],
    [15, 18],
  ] as const)('from PostgreSQL %s into %s', async (older, newer) => {
    process.env.PATH = `${toolsFolder(older)}${path.delimiter}${inherited}`;
    const source = await startPostgres({ major: older });
    const target = await startPostgres({ major: newer });
    try {
      const first = await place(companion, source, false);
      await fillFilms(source, first.owner, false);
      const made = await backup(companion, first.instanceId);
      process.env.PATH = `${toolsFolder(older, newer)}${path.delimiter}${inherited}`;
      const second = await place(companion, target, false);
      await target.sql('CREATE TABLE movies (id int, title text)', second.owner);
      const plan = await companion.restores.plan({ instanceId: second.instanceId, backupId: made.id }, never);
      expect(plan.verdicts.find(({ id }) => id === 'instance')).toMatchObject({ status: 'warn' });
      expect(plan.verdicts.find(({ id }) => id === 'server-major')?.status).toBe(newer < older ? 'warn' : 'pass');
      const report = await restored(companion, { instanceId: second.instanceId, backupId: made.id });
      expect(report.ignored.every((line) => line.includes('transaction_timeout'))).toBe(true);
      expect(await titles(target, 'aperture')).toBe(await titles(source, 'aperture'));
    } finally {
      await Promise.all([source.stop('immediate'), target.stop('immediate')]);
      process.env.PATH = `${toolsFolder(17)}${path.delimiter}${inherited}`;
    }
  });

  it('a drill proves it and leaves nothing', async () => {
    await backup(companion, instanceId);
    const before = await databaseNames(from);
    const { ended, report } = await companion.drills.run({ instanceId });
    expect((await ended).state).toBe('succeeded');
    expect(await report).toMatchObject({ proven: true, proof: { differences: [], ledgerEqual: true } });
    expect(await companion.drills.last(instanceId)).toEqual(await report);
    expect(await databaseNames(from)).toEqual(before);
  });
});
