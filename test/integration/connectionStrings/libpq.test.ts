import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import { writeDatabaseUrl } from '../../../contract/connectionString/write.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { type LoginRecorder, readByLibpq, startLoginRecorder } from './loginRecorder.ts';

let recorder: LoginRecorder;
beforeAll(async () => {
  recorder = await startLoginRecorder();
});
afterAll(() => recorder.close());

/** Stands for the recorder's port, which is not known when cases are generated. */
const here = 0;

const characters = fc.oneof(
  fc.string({ unit: fc.constantFrom(...`aZ09-._~!$&'()*+,;=:@/?#[]%"\\<>^|{}\` é€🔑`), minLength: 1, maxLength: 24 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }).filter((text) => !/[\0\s]/.test(text)),
);
/** Names that nobody has to look up: nothing listens there on the ports of `address`, and nothing leaves this machine. */
const reachable = fc.constantFrom('127.0.0.1', '127.0.0.2', '::1', '/nowhere/postgresql');
const address = fc.record({ host: reachable, port: fc.constantFrom(1, 2, 3) });
const anyName = fc.constantFrom(
  'db.lan',
  'a-b.example.org',
  'UPPER.lan',
  '10.1.2.3',
  '::1',
  'fe80::1%eth0',
  '/run/pg',
  'xn--bcher-kva.example',
  'under_score',
  'bücher.example',
);
const last = fc.oneof(fc.constantFrom('127.0.0.1', 'localhost'), anyName);

/** How one character is written: as it is where libpq allows it there, or as an escape, in either case of the digits. */
function written(text: string, raw: RegExp, choices: readonly number[]): string {
  return Array.from(text, (character, index) => {
    const choice = choices[index % choices.length] ?? 0;
    if (raw.test(character) && choice > 0) return character;
    const escaped = Array.from(
      new TextEncoder().encode(character),
      (byte) => `%${byte.toString(16).padStart(2, '0')}`,
    ).join('');
    return choice === 2 ? escaped.toUpperCase() : escaped;
  }).join('');
}

const inLogin = /^[^@/:%\s]$/;
const inDatabase = /^[^?%\s@]$/;
const inQuery = /^[^&=%\s]$/;
const choices = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 7 });

const urls = fc
  .record({
    scheme: fc.constantFrom('postgres', 'postgresql'),
    user: characters,
    password: characters,
    before: fc.array(address, { maxLength: 2 }),
    host: last,
    database: fc.option(characters),
    options: fc.option(characters),
    applicationName: fc.option(characters),
    loginInQuery: fc.boolean(),
    choices,
  })
  .map((made) => {
    const local = made.host === '127.0.0.1' || made.host === 'localhost';
    // A name that cannot be looked up is dialled on this machine; then the messages cannot tell others from it.
    const hosts = [...(local ? made.before : []), { host: made.host, port: here }];
    const login = made.loginInQuery
      ? ''
      : `${written(made.user, inLogin, made.choices)}:${written(made.password, /^[^@/%\s]$/, made.choices)}@`;
    const authority = hosts
      .map(
        ({ host, port }) =>
          `${host.includes(':') ? `[${host.replace('%', '%25')}]` : host.replaceAll('/', '%2F')}:${port === here ? 'PORT' : port}`,
      )
      .join(',');
    const query = [
      ...(made.loginInQuery
        ? [
            ['user', made.user],
            ['password', made.password],
          ]
        : []),
      ...(made.options === null ? [] : [['options', made.options]]),
      ...(made.applicationName === null ? [] : [['application_name', made.applicationName]]),
    ].map(([keyword, value]) => `${keyword}=${written(value ?? '', inQuery, made.choices)}`);
    const path = made.database === null ? '' : written(made.database, inDatabase, made.choices);
    return {
      hosts,
      text: `${made.scheme}://${login}${authority}/${path}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    };
  });

const keyValues = fc
  .record({
    user: characters,
    password: fc.string({ unit: fc.constantFrom(...`a'\\ \t=#é%/`), minLength: 1, maxLength: 16 }),
    before: fc.array(address, { maxLength: 2 }),
    host: last,
    database: fc.option(characters),
    options: fc.option(characters),
    quoting: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    blanks: fc.array(fc.constantFrom('', ' ', '  ', '\t', '\n'), { minLength: 4, maxLength: 4 }),
  })
  .map((made) => {
    const local = made.host === '127.0.0.1' || made.host === 'localhost';
    // A name that cannot be looked up is dialled on this machine; then the messages cannot tell others from it.
    const hosts = [...(local ? made.before : []), { host: made.host, port: here }];
    const fields: [string, string][] = [
      ['host', hosts.map(({ host }) => host).join(',')],
      ['port', hosts.map(({ port }) => (port === here ? 'PORT' : port)).join(',')],
      ['user', made.user],
      ['password', made.password],
      ...(made.database === null ? [] : [['dbname', made.database] as [string, string]]),
      ...(made.options === null ? [] : [['options', made.options] as [string, string]]),
    ];
    const text = fields
      .map(([keyword, value], index) => {
        const blank = made.blanks[index % 4] ?? '';
        const quoted = made.quoting[index % 5] === true || value === '' || value.startsWith("'");
        const escaped = quoted ? `'${value.replace(/[\\']/g, '\\$&')}'` : value.replace(/[\\'\s]/g, '\\$&');
        return `${blank}${keyword}${blank}=${blank}${escaped}`;
      })
      .join(' ');
    return { hosts, text };
  });

describe.each([15, 18] as const)('libpq %i', (major) => {
  const psql = clientProgram(major, 'psql');

  async function compare(text: string, hosts: number): Promise<void> {
    const parsed = parseConnectionString(text);
    const last = parsed.settings.hosts.at(-1)?.host ?? '';
    const local = last === '127.0.0.1' || last === 'localhost';
    recorder.accepting = !local;
    const { addresses, host, login, stderr } = await readByLibpq(psql, text, recorder, local ? undefined : hosts);
    expect(parsed.usable, JSON.stringify(parsed.mistakes)).toBe(true);
    expect(login, stderr).toBeDefined();
    if (local) expect(parsed.settings.hosts).toEqual(addresses);
    else expect(last).toBe(host);
    expect(parsed.settings.user).toBe(login?.parameters.user);
    expect(parsed.settings.database).toBe(login?.parameters.database);
    expect(parsed.password).toBe(login?.password);
    expect(parsed.settings.options).toBe(login?.parameters.options);
    const name = parsed.understood.find(({ field }) => field === 'application_name');
    expect(name?.value ?? 'psql').toBe(login?.parameters.application_name);
  }

  property.prop([urls], { numRuns: 200 })('reads a URL as we do', async ({ text, hosts }) => {
    await compare(text.replace('PORT', String(recorder.port)), hosts.length);
  });

  property.prop([keyValues], { numRuns: 150 })('reads a key=value string as we do', async ({ text, hosts }) => {
    await compare(text.replace('PORT', String(recorder.port)), hosts.length);
  });

  const passwords = fc.oneof(
    characters,
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 }).filter((text) => !text.includes('\0')),
  );
  property.prop([passwords, characters, characters, anyName], { numRuns: 150 })(
    'reads the DATABASE_URL that we write as it is meant',
    async (password, user, database, host) => {
      const url = writeDatabaseUrl(
        {
          hosts: [{ host, port: recorder.port }],
          user,
          database,
          tls: { mode: 'disable' },
          channelBinding: 'prefer',
          targetSessionAttrs: 'any',
          connectTimeoutSeconds: 5,
        },
        password,
      );
      recorder.accepting = true;
      const { login, stderr, host: read } = await readByLibpq(psql, url, recorder, 1);
      expect(login, stderr).toMatchObject({ parameters: { user, database }, password });
      expect(read).toBe(host);
    },
  );

  const soup = fc
    .array(
      fc.constantFrom(
        ':',
        '/',
        '?',
        '#',
        '[',
        ']',
        '@',
        '&',
        '=',
        ',',
        '%41',
        '%',
        '%2F',
        '%zz',
        '%00',
        'a',
        '1',
        'h',
        ':PORT',
        'user=u',
        'password=p',
        'port=1',
        'é',
        "'",
        '+',
      ),
      { maxLength: 12 },
    )
    .map((parts) => `postgresql://${parts.join('')}`);
  property.prop([soup], { numRuns: 300 })('takes whatever we take, and reads it alike', async (made) => {
    const text = made.replaceAll('PORT', String(recorder.port));
    const { settings, usable, password, missing } = parseConnectionString(text);
    // Names that cannot exist and bytes that are no text: libpq tries them, we say so before.
    if (!usable) return;
    recorder.accepting = true;
    const read = await readByLibpq(psql, text, recorder, settings.hosts.length);
    const seen = read.login;
    if (seen === undefined) {
      expect(
        read.addresses.map(({ port }) => port),
        read.stderr,
      ).toEqual(settings.hosts.map(({ port }) => port));
      return;
    }
    if (!missing.includes('user')) expect(seen.parameters.user).toBe(settings.user);
    if (!missing.includes('host') && seen.password !== undefined && settings.hosts.length === 1) {
      expect(read.host).toBe(settings.hosts[0]?.host);
    }
    if (!missing.includes('database')) expect(seen.parameters.database).toBe(settings.database);
    expect(seen.password ?? '').toBe(password ?? '');
  });
});
