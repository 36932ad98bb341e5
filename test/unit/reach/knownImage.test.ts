import { describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import { reindexByHand, runByHand } from '../../../main/services/databaseImage/byHand.ts';
import { knownImage } from '../../../main/services/databaseImage/knownImage.ts';
import { container } from './inspected.ts';

const of = (image: string, env: string[] = []) => knownImage(container('pg', { image, env }));

describe('images that can be left', () => {
  test.each([
    ['postgres:16', [], 16, 'debian'],
    ['postgres:16.4-bookworm', ['PG_MAJOR=16', 'PG_VERSION=16.4-1.pgdg120+1'], 16, 'debian'],
    ['docker.io/library/postgres:15-alpine3.20', [], 15, 'alpine'],
    ['postgres:latest', ['PG_MAJOR=18', 'PG_VERSION=18.0'], 18, 'alpine'],
    ['postgres', ['PG_MAJOR=17', 'PG_VERSION=17.2-1.pgdg120+1'], 17, 'debian'],
    [`postgres@sha256:${'a'.repeat(64)}`, ['PG_MAJOR=14', 'PG_VERSION=14.1-1.pgdg110+1'], 14, 'debian'],
  ] as const)('%s', (image, env, major, flavour) => {
    expect(of(image, [...env])).toEqual({ major, flavour, target: `pgvector/pgvector:pg${major}`, hasVector: false });
  });

  test.each([
    'bitnami/postgresql:16',
    'timescale/timescaledb:latest-pg16',
    'mirror.lan/postgres:16',
    'postgres:latest',
  ])('%s is not one of them', (image) => {
    expect(of(image)).toBeUndefined();
  });

  test('pgvector’s own is known as such', () => {
    expect(of('pgvector/pgvector:pg16', ['PG_MAJOR=16'])?.hasVector).toBe(true);
  });
});

test('the commands for a container of docker run: words with spaces are quoted, and there is a way back', () => {
  const made = { options: ['--volume', '/srv/my data:/var/lib/postgresql/data'], networks: ['web'], command: [] };
  const fix = runByHand('pg', made, {
    major: 16,
    flavour: 'debian',
    target: 'pgvector/pgvector:pg16',
    hasVector: false,
  });
  expect(fix.kind === 'paste' && fix.snippet.split('\n')).toEqual([
    'docker pull pgvector/pgvector:pg16',
    'docker stop pg',
    'docker rename pg pg-before-pgvector',
    "docker run --detach --name pg --volume '/srv/my data:/var/lib/postgresql/data' pgvector/pgvector:pg16",
    'docker network connect web pg',
    expect.stringMatching(/^# If/),
    '# docker rm --force pg && docker rename pg-before-pgvector pg && docker start pg',
  ]);
});

test('Alpine sorts text in another way: all indexes are rebuilt', () => {
  const fix = reindexByHand('pg', 'owner');
  expect(fix.kind === 'paste' && fix.snippet).toBe('docker exec pg reindexdb --all -w -U owner');
  expect(fix.why === undefined ? '' : say(fix.why)).toMatch(/Alpine/);
});
