import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Address, type Message, notify } from '../../../main/adapters/notify.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { never, problemOf } from '../ssh/harness.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answers = [];
});

const failed: Message = {
  outcome: 'failed',
  title: 'Sicherung für „Zuhause“ fehlgeschlagen 💾',
  body: 'pg_dump gave up',
  instance: 'Zuhause',
  at: '2026-05-01T02:00:00Z',
};
const good: Message = { ...failed, outcome: 'succeeded', title: 'Backup made', body: '317 MB' };
const quick = { signal: never, waits: [10, 20], limit: 300 };

type Kind = 'ntfy' | 'gotify' | 'webhook' | 'push';
const tell = (kind: Kind, address: Address, message: Message) =>
  notify({ name: 'Phone', kind }, address, message, quick);
const last = () => receiver.received.at(-1);

describe('notifications', () => {
  test('reach ntfy with any letters in them, on a server below a path too', async () => {
    await tell('ntfy', { url: `${receiver.url}/sub/backups-x7`, token: 'tk_secret' }, failed);
    expect(last()).toMatchObject({ method: 'POST', path: '/sub', headers: { authorization: 'Bearer tk_secret' } });
    expect(JSON.parse(last()?.body ?? '')).toEqual({
      topic: 'backups-x7',
      title: failed.title,
      message: failed.body,
      priority: 4,
      tags: ['rotating_light'],
    });
    await tell('ntfy', { url: `${receiver.url}/backups-x7` }, good);
    expect(last()).toMatchObject({ path: '/' });
    expect(last()?.headers.authorization).toBeUndefined();
  });

  test('reach Gotify, whose token goes in a header', async () => {
    for (const url of [`${receiver.url}/gotify`, `${receiver.url}/gotify/`, `${receiver.url}/gotify/message`]) {
      await tell('gotify', { url, token: 'A.b-c' }, failed);
      expect(last()).toMatchObject({ path: '/gotify/message', headers: { 'x-gotify-key': 'A.b-c' } });
    }
    expect(JSON.parse(last()?.body ?? '')).toEqual({ title: failed.title, message: failed.body, priority: 8 });
  });

  test('reach a webhook as a document for programs', async () => {
    await tell('webhook', { url: `${receiver.url}/hook?room=1` }, good);
    expect(last()).toMatchObject({ method: 'POST', path: '/hook?room=1' });
    expect(JSON.parse(last()?.body ?? '')).toEqual({
      event: 'backup',
      outcome: 'succeeded',
      title: good.title,
      message: good.body,
      instance: 'Zuhause',
      at: failed.at,
    });
  });

  test('reach healthchecks and Uptime Kuma, a failure as a failure', async () => {
    const check = `${receiver.url}/ping/5f0c0ad4-0000-4000-8000-000000000000`;
    await tell('push', { url: check }, good);
    expect(last()).toMatchObject({ method: 'POST', path: new URL(check).pathname, body: 'Backup made\n317 MB' });
    await tell('push', { url: check }, failed);
    expect(last()?.path).toBe(`${new URL(check).pathname}/fail`);
    await tell('push', { url: `${receiver.url}/api/push/abcdefgh?status=up&msg=OK&ping=` }, failed);
    const kuma = new URL(last()?.path ?? '', receiver.url);
    expect(kuma.pathname).toBe('/api/push/abcdefgh');
    expect(kuma.searchParams.get('status')).toBe('down');
    expect(kuma.searchParams.get('msg')).toContain('pg_dump gave up');
  });

  test('are tried again when the other side is not ready, hangs or hangs up', async () => {
    receiver.answers = [503, 0];
    await tell('webhook', { url: `${receiver.url}/hook` }, good);
    expect(receiver.received).toHaveLength(3);
    receiver.answers = [1, 429];
    await tell('webhook', { url: `${receiver.url}/hook` }, good);
    expect(receiver.received).toHaveLength(6);
  });

  test('are given up with what was said, and nothing of the address in it', async () => {
    receiver.answers = [404];
    const url = `${receiver.url}/hook/very-secret-part`;
    const refused = await problemOf(tell('webhook', { url, token: 'hidden' }, good));
    expect(refused).toEqual({
      code: 'notification-failed',
      values: { name: 'Phone', attempts: 1 },
      detail: '404 Not Found said so',
    });
    receiver.answers = [0, 0, 0];
    const silent = await problemOf(tell('webhook', { url, token: 'hidden' }, good));
    expect(silent.values.attempts).toBe(3);
    const nowhere = await problemOf(tell('push', { url: 'http://127.0.0.1:1/ping/very-secret-part' }, good));
    for (const problem of [refused, silent, nowhere]) expect(JSON.stringify(problem)).not.toMatch(/very-secret|hidden/);
  });

  test('follow no redirect', async () => {
    receiver.answers = [302];
    const problem = await problemOf(tell('gotify', { url: receiver.url, token: 'A.b-c' }, good));
    expect(problem.detail).toContain('302');
    expect(receiver.received).toHaveLength(1);
  });

  test('end when they are cancelled', async () => {
    receiver.answers = [0];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const telling = notify({ name: 'Phone', kind: 'push' }, { url: receiver.url }, good, { signal: controller.signal });
    expect((await problemOf(telling)).code).toBe('cancelled');
  });
});
