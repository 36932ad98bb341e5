import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { parse as parseUrl } from 'pg-connection-string';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hostPresets } from '../../../contract/hostPreset.ts';
import { type ServerSettings, serverSettingsSchema } from '../../../contract/serverSettings.ts';
import { changeCompose } from '../../../main/services/composeFile/changeCompose.ts';
import { composeFor, databaseServiceUrl, newSessionSecret } from '../../../main/services/composeFile/composeFor.ts';
import {
  changeEnvironment,
  environmentLine,
  maskEnvironment,
} from '../../../main/services/composeFile/environmentFile.ts';
import { databaseService, presetFor } from '../../../main/services/composeFile/presets.ts';
import { databaseUrlFor } from '../../../main/services/databaseUrl.ts';
import { generatePassword } from '../../../main/services/provisioning/generatePassword.ts';
import { composeConfig, composes } from './config.ts';

const template = readFileSync(path.join(import.meta.dirname, '../../../docker-compose.external-db.yml'), 'utf8');
const secrets = { databaseUrl: 'postgresql://a:b@db:5432/aperture', sessionSecret: newSessionSecret() };

type Config = { services: Record<string, Record<string, unknown>>; networks?: unknown; volumes?: unknown };

async function read(command: (typeof composes)[number]['command'], files: { compose: string; env: string }) {
  const { code, stdout, stderr } = await composeConfig(command, files);
  expect([stderr, code]).toEqual(['', 0]);
  return parse(stdout) as Config;
}

test('the secret of a session is as long as the server wants, and another each time', () => {
  expect(newSessionSecret()).toMatch(/^[0-9a-f]{64}$/);
  expect(newSessionSecret()).not.toBe(newSessionSecret());
});

describe.each(composes)('$name', ({ command }) => {
  test('reads the template at the top of the project', async () => {
    const env = `${environmentLine('DATABASE_URL', secrets.databaseUrl)}\n${environmentLine('SESSION_SECRET', secrets.sessionSecret)}\n`;
    const config = await read(command, { compose: template, env });
    expect(config.services.aperture?.environment).toMatchObject({
      DATABASE_URL: secrets.databaseUrl,
      SESSION_SECRET: secrets.sessionSecret,
      RUN_MIGRATIONS_ON_START: 'true',
    });
    const { code, stderr } = await composeConfig(command, { compose: template, env: '' });
    expect(code).not.toBe(0);
    expect(stderr).toContain('Put DATABASE_URL into the file .env');
  });

  describe.each(hostPresets)('%s', (preset) => {
    const { settings } = presetFor(preset);
    const whole: ServerSettings = {
      ...settings,
      bindAddress: '127.0.0.1',
      port: 8080,
      networks: ['apps', 'media_net'],
      database: databaseService(),
    };

    test('is valid by itself, and without secrets in the compose file', async () => {
      expect(serverSettingsSchema.parse(settings)).toEqual(settings);
      const files = composeFor(settings, secrets);
      expect(files.compose).not.toContain(secrets.sessionSecret);
      expect(files.compose).not.toContain('postgresql://');
      const { services } = await read(command, files);
      expect(Object.keys(services)).toEqual(['aperture']);
      expect(services.aperture).toMatchObject({
        image: settings.image,
        container_name: 'aperture',
        user: 'root',
        environment: {
          DATABASE_URL: secrets.databaseUrl,
          SESSION_SECRET: secrets.sessionSecret,
          APP_BASE_URL: settings.url,
          TZ: settings.timeZone,
          RUN_MIGRATIONS_ON_START: 'true',
        },
      });
      const volumes = JSON.stringify(services.aperture?.volumes);
      for (const folder of Object.values(settings.folders)) expect(volumes).toContain(folder.replace(/^\.\//, ''));
    });

    test('with a database of its own, networks and another port', async () => {
      const { database } = whole;
      if (database === undefined) throw new Error('no database');
      const password = generatePassword();
      const databaseUrl = databaseServiceUrl(database, password);
      const files = composeFor(whole, { ...secrets, databaseUrl, databasePassword: password });
      const { services, networks, volumes } = await read(command, files);
      expect(services.database).toMatchObject({
        image: 'pgvector/pgvector:pg17',
        environment: { POSTGRES_PASSWORD: password, POSTGRES_USER: 'aperture', POSTGRES_DB: 'aperture' },
      });
      // v2 renders bytes, v1 the text.
      expect(['1073741824', '1024m', 1073741824]).toContain(services.database?.shm_size);
      expect(JSON.stringify(services.aperture?.ports)).toMatch(/127\.0\.0\.1.*8080|8080.*127\.0\.0\.1/);
      expect(services.aperture?.depends_on).toMatchObject({ database: { condition: 'service_healthy' } });
      expect(JSON.stringify(networks)).toContain('"media_net"');
      expect(JSON.stringify(volumes)).toContain('pgdata');
      expect(parseUrl(databaseUrl)).toMatchObject({
        user: 'aperture',
        password,
        host: 'database',
        database: 'aperture',
      });
    });

    test('can be changed to what other settings would have given', async () => {
      const files = composeFor(settings, secrets);
      const edited = changeCompose(files.compose, [
        { at: 'image', value: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8' },
        { at: 'port', container: 3456, host: 8080, address: '127.0.0.1' },
        { at: 'environment', name: 'TZ', value: 'Europe/Berlin' },
        { at: 'volume', target: '/backups', source: '/srv/backups' },
      ]);
      if (edited.kind !== 'changed') throw new Error(edited.reason.key);
      const other: ServerSettings = {
        ...settings,
        image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8',
        port: 8080,
        bindAddress: '127.0.0.1',
        timeZone: 'Europe/Berlin',
        folders: { ...settings.folders, backups: '/srv/backups' },
      };
      expect(edited.text).toBe(composeFor(other, secrets).compose);
    });
  });

  test('values of .env that could be misread come through as they are', async () => {
    const characters = [...'aZ09', ...` !"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`, 'é', '🔑', '${', '$$', ' #', '\\n', "\\'"];
    const values = fc.sample(fc.string({ unit: fc.constantFrom(...characters), maxLength: 30 }), {
      numRuns: 300,
      seed: 20_261_123,
    });
    const written: [string, string][] = [];
    for (const [index, value] of values.entries()) {
      try {
        environmentLine(`V${index}`, value);
        written.push([`V${index}`, value]);
      } catch {
        // Refused: it has no form that both read alike.
      }
    }
    expect(written.length).toBeGreaterThan(150);
    const env = written.map(([name, value]) => environmentLine(name, value)).join('\n');
    const lines = written.map(([name]) => `      ${name}: \${${name}}`).join('\n');
    const compose = `services:\n  a:\n    image: x\n    environment:\n${lines}\n`;
    const { services } = await read(command, { compose, env: `${env}\n` });
    // In its rendering, Compose doubles dollar signs so that the rendering can be read again.
    const found = Object.entries(services.a?.environment as Record<string, string>).map(([name, value]) => [
      name,
      String(value ?? '').replaceAll('$$', '$'),
    ]);
    expect(new Map(found as [string, string][])).toEqual(new Map(written));
  });

  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((name) => !/[\0?#\p{Cs}]|^\.{1,2}$|\//u.test(name));
  property.prop(
    [names, names, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((p) => !/[\0\p{Cs}]/u.test(p))],
    { numRuns: 8 },
  )('the DATABASE_URL of any login comes through', async (user, database, password) => {
    const { url } = databaseUrlFor(
      {
        hosts: [{ host: 'db.lan', port: 5432 }],
        user,
        database,
        tls: { mode: 'disable' },
        channelBinding: 'prefer',
        targetSessionAttrs: 'any',
        connectTimeoutSeconds: 10,
      },
      password,
    );
    const { settings } = presetFor('linux');
    const { services } = await read(command, composeFor(settings, { ...secrets, databaseUrl: url }));
    const { DATABASE_URL = '' } = (services.aperture?.environment ?? {}) as Record<string, string>;
    const got = DATABASE_URL.replaceAll('$$', '$');
    expect(got).toBe(url);
    expect(parseUrl(got)).toMatchObject({ user, password });
  });
});

describe('.env', () => {
  test('one value changes, everything else stays', () => {
    const before = `# mine\nA=1\nDATABASE_URL="old # not a comment" # note\r\nexport SESSION_SECRET=abc # keep\nB='x'`;
    const after = changeEnvironment(before, { DATABASE_URL: 'new', C: '3' });
    expect(after).toBe(
      `# mine\nA=1\nDATABASE_URL='new' # note\r\nexport SESSION_SECRET=abc # keep\nB='x'\r\nC='3'\r\n`,
    );
    expect(changeEnvironment('A="one\ntwo"\n', { A: 'x' })).toBeUndefined();
    expect(changeEnvironment('', { A: 'x' })).toBe("A='x'\n");
  });

  test('masked', () => {
    expect(maskEnvironment(`# c\nA='secret'\nexport B=x\n`)).toBe(`# c\nA=***\nexport B=***\n`);
  });
});
