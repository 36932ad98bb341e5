import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConnection } from '../../../contract/connection.ts';
import type { Installation } from '../../../contract/install.ts';
import { type InstanceView, serverDraftSchema, setupSteps } from '../../../contract/instance.ts';
import { generatePassword } from '../../../renderer/setup/generatePassword.ts';
import { stepForProblem } from '../../../renderer/setup/installFixes.ts';
import { setupPosition, stepsFor } from '../../../renderer/setup/position.ts';
import { urlAtPort } from '../../../renderer/setup/ServerAddressFields.tsx';
import { imageParts } from '../../../renderer/setup/ServerHostFields.tsx';
import { draftOfInstallation, installationOf } from '../../../renderer/setup/serverDraft.ts';

const connection = {
  ...defaultConnection,
  hosts: [{ host: 'db.lan', port: 5432 }],
  database: 'aperture',
  user: 'aperture',
};
const docker = { kind: 'local' } as const;
const installation: Installation = {
  docker,
  preset: 'linux',
  folder: '/opt/aperture',
  settings: {
    project: 'aperture',
    image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8',
    containerName: 'aperture',
    user: 'root',
    url: 'http://nas.lan:3456',
    port: 3456,
    timeZone: 'Europe/Berlin',
    folders: { libraries: './libraries', backups: '/backups' },
    runMigrations: true,
    hostGateway: true,
    networks: ['proxy'],
    database: {
      image: 'pgvector/pgvector:pg17',
      containerName: 'aperture-db',
      volume: 'aperture-data',
      user: 'aperture',
      database: 'aperture',
      sharedMemoryMegabytes: 1024,
      publishedPort: 5433,
    },
  },
};

function instance(part: Partial<InstanceView>): InstanceView {
  return {
    id: 'i1',
    name: 'Aperture',
    kind: 'external',
    createdAt: '',
    updatedAt: '',
    route: { kind: 'direct' },
    password: 'none',
    ...part,
  };
}
const at = (one: InstanceView, step?: string) => setupPosition([one], 'i1', step).step;

describe('the place in the wizard', () => {
  const draft = draftOfInstallation(installation);
  it('starts with Docker', () => expect(setupPosition([], undefined, undefined)).toEqual({ step: 'docker' }));
  it('does not reach the checks without a connection', () => {
    expect(at(instance({}), 'checks')).toBe('connection');
  });
  it('does not reach the server before there is a database', () => {
    expect(at(instance({ setup: { step: 'database', docker, source: 'own' } }), 'server')).toBe('connection');
    expect(at(instance({ connection, setup: { step: 'checks', docker, source: 'own' } }), 'server')).toBe('server');
  });
  it('passes by connection and checks where the database is made with the server', () => {
    const made = instance({ setup: { step: 'server', docker, source: 'new', server: draft } });
    expect(at(made, 'connection')).toBe('database');
    expect(at(made, 'checks')).toBe('database');
    expect(at(made, 'server')).toBe('server');
    expect(at(made, 'review')).toBe('review');
    // Once it has been made there is something to look at.
    expect(at({ ...made, connection }, 'checks')).toBe('checks');
  });
  it('does not review settings that are none', () => {
    const setup = { step: 'review', docker, source: 'own', server: { ...draft, port: 'eighty' } } as const;
    expect(at(instance({ connection, setup }), 'review')).toBe('server');
  });
  it('is taken up where it was left, whatever the step', () => {
    for (const step of setupSteps) {
      const left = instance({ connection, setup: { step, docker, source: 'own', server: draft } });
      expect(at(left)).toBe(step);
    }
  });
  it('is missing for an instance that was removed', () => {
    expect(setupPosition([], 'i1', 'checks')).toEqual({ step: 'missing' });
  });
  it('leads a practice database to its checks', () => {
    expect(at(instance({ kind: 'practice' }), 'connection')).toBe('checks');
  });
  it('has no step for a server where there is no Docker, or one is there already', () => {
    expect(stepsFor(instance({ setup: { step: 'database' } }))).not.toContain('server');
    const server = { docker, container: 'aperture' };
    expect(stepsFor(instance({ connection, server }))).not.toContain('install');
    expect(stepsFor(instance({ connection, server, installation }))).toContain('install');
  });
});

describe('the server’s form', () => {
  it('says the installation that it was filled with', () => {
    expect(installationOf(draftOfInstallation(installation), docker, 'new').installation).toEqual(installation);
  });
  it('leaves the database beside the server out where another one was chosen', () => {
    const { installation: own } = installationOf(draftOfInstallation(installation), docker, 'own');
    expect(own?.settings).not.toHaveProperty('database');
  });
  it('is kept as typed, and without what may be a login', () => {
    const draft = draftOfInstallation(installation);
    expect(serverDraftSchema.parse(draft)).toEqual(draft);
    expect(serverDraftSchema.parse({ ...draft, url: 'http://ann:secret@nas', folder: 'password=x' })).toMatchObject({
      url: '',
      folder: '',
    });
  });
  it.each([
    [{ port: '70000' }, 'port'],
    [{ port: 'http' }, 'port'],
    [{ url: 'nas.lan' }, 'url'],
    [{ folder: 'relative' }, 'folder'],
    [{ backups: '/with:colon' }, 'backups'],
    [{ bindAddress: 'everywhere' }, 'bindAddress'],
    [{ networks: ['a b'] }, 'networks'],
    [
      { database: { ...draftOfInstallation(installation).database, sharedMemoryMegabytes: '1' } },
      'database-sharedMemoryMegabytes',
    ],
  ])('says of %j which field is wrong', (part, field) => {
    const draft = serverDraftSchema.parse({ ...draftOfInstallation(installation), ...part });
    expect(Object.keys(installationOf(draft, docker, 'new').errors ?? {})).toEqual([field]);
  });
  it('never throws, whatever is typed', () => {
    const draft = draftOfInstallation(installation);
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('folder', 'port', 'url', 'image', 'timeZone', 'media', 'user'),
        (typed, name) => {
          const { errors, installation: made } = installationOf({ ...draft, [name]: typed }, docker, 'new');
          expect(errors === undefined).toBe(made !== undefined);
        },
      ),
    );
  });
  it('moves the port of the address with the port', () => {
    expect(urlAtPort('http://nas.lan:3456', '3456', '3457')).toBe('http://nas.lan:3457');
    expect(urlAtPort('https://aperture.example.com', '3456', '3457')).toBe('https://aperture.example.com');
    expect(urlAtPort('http://nas.lan:34567/', '3456', '1')).toBe('http://nas.lan:34567/');
  });
  it('tells the tag from the port of a registry', () => {
    expect(imageParts('ghcr.io/a/b:0.7.8')).toEqual({ name: 'ghcr.io/a/b', tag: '0.7.8' });
    expect(imageParts('nas.lan:5000/a/b')).toEqual({ name: 'nas.lan:5000/a/b', tag: '' });
  });
});

describe('a generated password', () => {
  it('has 40 letters and digits, and another one each time', () => {
    const made = new Set(Array.from({ length: 200 }, () => generatePassword()));
    expect(made.size).toBe(200);
    for (const password of made) expect(password).toMatch(/^[A-Za-z0-9]{40}$/);
  });
  it('takes no byte that would make some characters likelier', () => {
    const bytes = [255, 250, 248, 247, 61, 0];
    const random = (into: Uint8Array<ArrayBuffer>) => into.set(bytes.slice(0, into.length));
    expect(generatePassword(6, random)).toBe('99A99A');
  });
});

describe('the way back from a problem', () => {
  it('leads to the step that puts it right', () => {
    expect(stepForProblem('docker-permission-denied')).toBe('docker');
    expect(stepForProblem('container-port-taken')).toBe('server');
    expect(stepForProblem('password-wrong')).toBe('connection');
    expect(stepForProblem('extension-unavailable')).toBe('checks');
    expect(stepForProblem('file-changed')).toBe('review');
    expect(stepForProblem('cancelled')).toBeUndefined();
  });
});
