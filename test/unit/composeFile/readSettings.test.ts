import { describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import { hostPresets } from '../../../contract/hostPreset.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { changeCompose } from '../../../main/services/composeFile/changeCompose.ts';
import { composeFor, databaseUrlReference } from '../../../main/services/composeFile/composeFor.ts';
import { changeOf, editCompose } from '../../../main/services/composeFile/existingFiles.ts';
import { maskCompose } from '../../../main/services/composeFile/maskCompose.ts';
import { databaseService, presetFor } from '../../../main/services/composeFile/presets.ts';
import { notApplied, readCompose } from '../../../main/services/composeFile/readSettings.ts';

const secrets = {
  databaseUrl: 'postgresql://a:b@database:5432/aperture',
  sessionSecret: 's'.repeat(64),
  databasePassword: 'b',
};

describe('a compose file that the app has written', () => {
  test.each(hostPresets.flatMap((preset) => [[preset, false] as const, [preset, true] as const]))(
    'for %s (with a database: %s) says the settings that it was made from',
    (preset, withDatabase) => {
      const settings = {
        ...presetFor(preset).settings,
        networks: ['postgres_default'],
        bindAddress: '192.168.1.5',
        ...(withDatabase ? { database: databaseService() } : {}),
      };
      const { databaseUrl } = withDatabase ? secrets : { databaseUrl: 'postgresql://a:b@db.lan/aperture' };
      const { compose, env } = composeFor(settings, { ...secrets, databaseUrl });
      expect(readCompose(compose, env, '/x')).toMatchObject({ settings, service: 'aperture', container: 'aperture' });
      expect(notApplied(compose, env, '/x', settings)).toEqual([]);
      expect(notApplied(compose, env, '/x', { ...settings, networks: [] })).toEqual(['networks']);
    },
  );
});

const byHand = `services:
  films:
    image: ghcr.io/dgruhin-hrizn/aperture:latest
    environment:
      - DATABASE_URL=postgres://app:t0p$$ecret@db.lan:5432/aperture # mine
      - SESSION_SECRET=0123456789012345678901234567890123456789
      - TZ=\${ZONE:-Europe/Paris}
    ports: ["127.0.0.1:3456:3456"]
    volumes: ["films:/aperture-libraries", "./b:/backups"]
volumes: {films: {}}
`;

describe('a compose file of somebody else', () => {
  test('that has a volume for a folder is read as far as it goes', () => {
    const read = readCompose(byHand, '', '/volume1/docker/Films');
    expect(read).toMatchObject({ service: 'films', container: 'films-films-1' });
    expect(read?.settings).toBeUndefined();
    expect(read?.environment).toMatchObject({
      DATABASE_URL: 'postgres://app:t0p$ecret@db.lan:5432/aperture',
      TZ: 'Europe/Paris',
    });
  });

  test('is shown without its secrets', () => {
    expect(maskCompose(byHand)).not.toMatch(/t0p|0123456789/);
    const { diff } = changeOf({ path: 'f', before: byHand, after: byHand.replace('latest', '0.7.8') }, false);
    expect(diff).toContain('+    image: ghcr.io/dgruhin-hrizn/aperture:0.7.8');
    expect(diff).not.toMatch(/t0p|0123456789/);
    expect(maskCompose(byHand)).toContain('TZ=${ZONE:-Europe/Paris}');
  });

  test.each([
    ['a list', byHand],
    ['a map', byHand.replace(/ {6}- (\w+)=(.*)/g, '      $1: $2')],
  ])('gives its DATABASE_URL away to .env: %s', (_, content) => {
    const change = { at: 'variable', name: 'DATABASE_URL', reference: databaseUrlReference } as const;
    const edited = changeCompose(content, [change]);
    if (edited.kind === 'by-hand') throw new Error(say(edited.reason));
    expect(edited.text).not.toContain('t0p');
    expect(edited.text).toContain('# mine');
    const env = "DATABASE_URL='postgres://x:y@z/w'\n";
    expect(readCompose(edited.text, env, '/f')?.environment.DATABASE_URL).toBe('postgres://x:y@z/w');
    // What is taken from there already stays as it is written.
    expect(changeCompose(edited.text, [change])).toEqual({ kind: 'changed', text: edited.text });
  });

  test('without a database service is refused where one is wished for', () => {
    const settings = { ...presetFor('linux').settings, database: databaseService() };
    const { compose } = composeFor(presetFor('linux').settings, secrets);
    let refused: unknown;
    try {
      editCompose(compose, 'docker-compose.yml', settings, { keepSecrets: false });
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({ problem: { code: 'compose-not-editable' } });
  });
});
