import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { PullFollower } from '../../../main/adapters/docker/pullProgress.ts';
import { recognisePull } from '../../../main/problems/recognisePull.ts';

const told = (status: string, id?: string, current?: number, total?: number) =>
  JSON.stringify({
    status,
    ...(id === undefined ? {} : { id }),
    ...(current === undefined ? {} : { progressDetail: { current, total } }),
  });

describe('a pull as the engine tells it', () => {
  test('is followed by layer and byte', () => {
    const follower = new PullFollower('image:1');
    for (const line of [
      told('Pulling from image', '1'),
      told('Pulling fs layer', 'a'),
      told('Pulling fs layer', 'b'),
      told('Already exists', 'c'),
      told('Downloading', 'a', 10, 100),
    ]) {
      follower.readEvent(line);
    }
    // The size of b is not known yet.
    expect(follower.bytes).toEqual({ done: 10 });
    follower.readEvent(told('Downloading', 'b', 5, 50));
    expect(follower.bytes).toEqual({ done: 15, total: 150 });
    follower.readEvent(told('Download complete', 'a'));
    follower.readEvent(told('Extracting', 'a', 3, 100));
    expect(follower.bytes).toEqual({ done: 105, total: 150 });
    follower.readEvent(told('Pull complete', 'a'));
    expect(follower.progress).toEqual({
      image: 'image:1',
      layers: [
        { id: 'a', state: 'done', doneBytes: 100, totalBytes: 100 },
        { id: 'b', state: 'downloading', doneBytes: 5, totalBytes: 50 },
        { id: 'c', state: 'there' },
      ],
    });
    follower.readEvent(told('Status: Downloaded newer image for image:1'));
    expect(follower.outcome).toBe('Downloaded newer image for image:1');
    follower.readEvent('{"errorDetail":{"message":"no space left on device"},"error":"no space left on device"}');
    expect(follower.failure).toBe('no space left on device');
  });

  test('is followed without bytes where a program prints it', () => {
    const follower = new PullFollower('image:1');
    follower.readLine('0123456789ab: Pulling fs layer');
    follower.readLine('0123456789ab: Pull complete');
    follower.readLine('Copying blob sha256:fedcba9876543210fedcba9876543210 done   | ');
    expect(follower.progress.layers).toEqual([
      { id: '0123456789ab', state: 'done' },
      { id: 'fedcba987654', state: 'done' },
    ]);
  });

  property.prop([fc.string()])('never fails on what it does not know', (line) => {
    const follower = new PullFollower('image:1');
    follower.readEvent(line);
    follower.readLine(line);
    expect(follower.bytes.done).toBe(0);
  });
});

test.each([
  ['manifest for ghcr.io/x/y:9 not found: manifest unknown: manifest unknown', 'container-image-missing'],
  ['Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io on 127.0.0.53:53: server misbehaving', 'registry-unreachable'],
  ['Get "https://ghcr.io/v2/": net/http: TLS handshake timeout', 'registry-unreachable'],
  ['unauthorized: authentication required', 'registry-refused'],
  ['pull access denied for x, repository does not exist or may require docker login', 'registry-refused'],
  ['toomanyrequests: You have reached your pull rate limit', 'registry-limited'],
  ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', 'docker-disk-full'],
  ['no matching manifest for linux/arm/v7 in the manifest list entries', 'image-platform-missing'],
  ['something that nobody has seen', 'docker-command-failed'],
])('%s', (words, code) => {
  expect(recognisePull(words, { host: 'nas', image: 'ghcr.io/x/y:9' })).toMatchObject({
    code,
    values: { registry: 'ghcr.io' },
    detail: words,
  });
});
