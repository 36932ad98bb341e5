import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { provisionWishSchema } from '../../../contract/provisioning.ts';
import { changedBySaslPrep } from '../../../main/services/connections/saslPrep.ts';
import { databaseUrlFor } from '../../../main/services/databaseUrl.ts';
import { scramVerifier, verifierMatches } from '../../../main/services/provisioning/scramVerifier.ts';
import { quoteIdentifier, quoteLiteral } from '../../../main/sql/quoting.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { type Provision, passwordOf, provision, requestFor, startProvisioning, superuserOf } from './harness.ts';

let all: Provision;
let server: PostgresServer;
beforeAll(async () => {
  all = await startProvisioning();
  server = await startPostgres({ major: 17 });
});
afterAll(async () => {
  await server.stop('immediate');
  await all.services.stop();
});

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const awkward = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...printable, '\\', "'", '"', '$', ':', '\n', '\t', 'é', '🔑'),
    minLength: 1,
    maxLength: 40,
  }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
);
const names = awkward.filter((name) => provisionWishSchema.safeParse({ role: name, database: name }).success);
/** psql reads a password from the environment, which ends at the first zero character. */
const passwords = awkward.filter((text) => !text.includes('\0') && !/\p{Cs}/u.test(text));

/** Those that PostgreSQL and every driver take as they are. */
const usable = passwords.filter((password) => !changedBySaslPrep(password));

/** Logs in as libpq does. */
async function psqlLogsIn(user: string, password: string, database: string): Promise<string> {
  const escaped = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`;
  const conninfo = `host=127.0.0.1 port=${server.port} user=${escaped(user)} dbname=${escaped(database)}`;
  const { code, stderr, stdout } = await server.psql(['-At', '-c', 'SELECT current_user', conninfo], {
    PGPASSWORD: password,
    PGCLIENTENCODING: 'UTF8',
  });
  return code === 0 ? stdout.replace(/\n$/, '') : stderr;
}

describe('names and passwords of any characters', () => {
  property.prop([names, names, fc.option(usable, { nil: undefined })], { numRuns: 25 })(
    'are made as they are named, and log in',
    async (roleEnd, databaseEnd, password) => {
      // A first letter keeps them apart from PostgreSQL's own and from each other's runs.
      const role = `r${roleEnd}`.slice(0, 20);
      const database = `d${databaseEnd}`.slice(0, 20);
      const wish = { role, database, ...(password === undefined ? {} : { password }) };
      fc.pre(provisionWishSchema.safeParse(wish).success);
      const { view, instance } = await provision(all, requestFor(server, wish), superuserOf(server));
      expect(view.problem).toBeUndefined();
      expect(view.state).toBe('succeeded');
      const kept = await passwordOf(all.services, instance.id);
      if (password !== undefined) expect(kept).toBe(password);
      expect(await psqlLogsIn(role, kept, database)).toBe(role);
      expect(await psqlLogsIn(role, `${kept}x`, database)).toContain('password authentication failed');
      await server.sql(`DROP DATABASE ${quoteIdentifier(database)} WITH (FORCE)`);
      await server.sql(`DROP ROLE ${quoteIdentifier(role)}`);
      await all.services.instances.remove(instance.id);
    },
  );

  test.each([
    'letters',
    'ﬁ ligature',
    'no\u00a0break',
    'soft\u00adhyphen',
    '\u00ad',
    'bell\u0007',
    'uni\u0085control',
    'a\u0627b',
    '\u0627\u0628',
    '\u06271',
    '\u{1F511}',
    '\uFFFD',
    '\u2126 ohm',
    'Ⅷ',
    'e\u0301',
    '\u0221unassigned in 3.2',
    '\u{E0001}tag',
    '\u200Ejust marks',
    '\u2028',
    'tab\tnewline\n',
    ' spaces ',
  ])('the verifier made here is the one that PostgreSQL makes: %j', async (password) => {
    await server.sql('DROP ROLE IF EXISTS prepared');
    await server.sql(`CREATE ROLE prepared LOGIN PASSWORD ${quoteLiteral(password)}`);
    const [theirs] = await server.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = 'prepared'`);
    expect(await verifierMatches(String(theirs?.rolpassword), password)).toBe(true);
    expect(await verifierMatches(String(theirs?.rolpassword), `${password}.`)).toBe(false);
    await server.sql(`ALTER ROLE prepared PASSWORD ${quoteLiteral(await scramVerifier(password))}`);
    expect(await psqlLogsIn('prepared', password, 'postgres')).toBe('prepared');
  });

  property.prop([passwords], { numRuns: 60 })('any password: the same verifier as PostgreSQL’s', async (password) => {
    await server.sql(`DROP ROLE IF EXISTS any_password; CREATE ROLE any_password PASSWORD ${quoteLiteral(password)}`);
    const [theirs] = await server.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = 'any_password'`);
    expect(await verifierMatches(String(theirs?.rolpassword), password)).toBe(true);
  });

  test('more iterations, as a server may ask for', async () => {
    await server.sql(`SET scram_iterations = 10000; CREATE ROLE slow LOGIN`);
    await server.sql(`ALTER ROLE slow PASSWORD ${quoteLiteral(await scramVerifier('pw', { iterations: 10000 }))}`);
    expect(await psqlLogsIn('slow', 'pw', 'postgres')).toBe('slow');
    expect(await verifierMatches('md5d41d8cd98f00b204e9800998ecf8427e', 'pw')).toBe(false);
  });

  test('a chosen password that drivers read differently is refused before anything is made', async () => {
    const request = requestFor(server, { role: 'refused', database: 'refused', password: 'ﬁ' });
    await expect(
      all.provisioning.plan(request, superuserOf(server), AbortSignal.timeout(10_000)),
    ).rejects.toMatchObject({
      problem: { code: 'password-normalised' },
    });
  });

  test('a generated password needs no encoding anywhere', async () => {
    const { instance } = await provision(
      all,
      requestFor(server, { role: 'plain', database: 'plain' }),
      superuserOf(server),
    );
    const password = await passwordOf(all.services, instance.id);
    const { connection } = instance;
    if (connection === undefined) throw new Error('no settings');
    expect(databaseUrlFor(connection, password).url).toContain(`plain:${password}@`);
  });
});
