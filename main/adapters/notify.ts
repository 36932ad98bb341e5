import { setTimeout as delay } from 'node:timers/promises';
import type { NotificationTarget } from '../../contract/backupSettings.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';

/** What is told. Redacted already. */
export type Message = {
  outcome: 'succeeded' | 'failed' | 'test';
  title: string;
  body: string;
  instance?: string;
  at: string;
};

/** The address, which is a secret where it ends in a token, and the token where there is one. */
export type Address = { url: string; token?: string };

/** Milliseconds for one attempt, and between attempts. */
const timeout = 10_000;
const pauses = [1_000, 5_000];

/**
 * Tells one target; tried three times. Redirects are not followed: they would carry the token elsewhere. Raises `notification-failed`
 * with what the other side said, `cancelled`.
 */
export async function notify(
  target: Pick<NotificationTarget, 'name' | 'kind'>,
  address: Address,
  message: Message,
  { signal, waits = pauses, limit = timeout }: { signal: AbortSignal; waits?: readonly number[]; limit?: number },
): Promise<void> {
  const { url, init } = requestFor(target.kind, address, message);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await send(url, init, AbortSignal.any([signal, AbortSignal.timeout(limit)]));
    if (outcome === undefined) return;
    if (signal.aborted) throw cancelled(signal.reason);
    const pause = waits[attempt - 1];
    if (pause === undefined || !outcome.again) {
      throw new ProblemError(
        'notification-failed',
        { name: target.name, attempts: attempt },
        { detail: outcome.detail },
      );
    }
    await delay(pause, undefined, { signal }).catch((reason) => {
      throw cancelled(reason);
    });
  }
}

async function send(
  url: URL,
  init: RequestInit,
  signal: AbortSignal,
): Promise<{ again: boolean; detail: string } | undefined> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const said = (await response.text().catch(() => '')).slice(0, 300);
    if (response.ok) return undefined;
    const again = response.status >= 500 || response.status === 408 || response.status === 429;
    return { again, detail: `${response.status} ${response.statusText} ${said}`.trim() };
  } catch (error) {
    // The reason alone: the message of some errors repeats the address.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    return { again: true, detail: code || (cause instanceof Error ? cause.name : 'failed') };
  }
}

/** https://docs.ntfy.sh/publish, https://gotify.net/docs/pushmsg, https://healthchecks.io/docs/http_api, Uptime Kuma’s push monitor. */
function requestFor(
  kind: NotificationTarget['kind'],
  address: Address,
  { outcome, title, body, instance, at }: Message,
): { url: URL; init: RequestInit } {
  const url = new URL(address.url);
  const json = (to: URL, value: unknown, headers: Record<string, string> = {}) => ({
    url: to,
    init: { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json', ...headers } },
  });
  const bearer: Record<string, string> =
    address.token === undefined ? {} : { authorization: `Bearer ${address.token}` };
  const urgent = outcome === 'failed';
  switch (kind) {
    case 'ntfy': {
      // As JSON to the root: headers take no other letters than English ones.
      const parts = url.pathname.split('/').filter((part) => part !== '');
      const topic = decodeURIComponent(parts.pop() ?? '');
      url.pathname = `/${parts.join('/')}`;
      const tags = [urgent ? 'rotating_light' : 'white_check_mark'];
      return json(url, { topic, title, message: body, priority: urgent ? 4 : 3, tags }, bearer);
    }
    case 'gotify':
      url.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/message$/, '')}/message`;
      return json(
        url,
        { title, message: body, priority: urgent ? 8 : 4 },
        address.token === undefined ? {} : { 'x-gotify-key': address.token },
      );
    case 'webhook':
      return json(url, { event: 'backup', outcome, title, message: body, instance: instance ?? null, at }, bearer);
    case 'push': {
      if (url.pathname.includes('/api/push/')) {
        url.searchParams.set('status', urgent ? 'down' : 'up');
        url.searchParams.set('msg', `${title}: ${body}`.slice(0, 250));
        return { url, init: { method: 'GET' } };
      }
      if (urgent) url.pathname = `${url.pathname.replace(/\/+$/, '')}/fail`;
      return { url, init: { method: 'POST', body: `${title}\n${body}` } };
    }
    default:
      return kind satisfies never;
  }
}
