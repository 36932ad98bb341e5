import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type NotificationTarget, notificationTargetSchema } from '../../contract/backupSettings.ts';
import type { Problem } from '../../contract/problem.ts';
import { type Address, type Message, notify } from '../adapters/notify.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { DocumentDefinition, StoredDocument } from './documents.ts';
import type { Credentials } from './ports.ts';

/** notifications.json: who is told, without addresses. */
export const notificationsDocument: DocumentDefinition<NotificationTarget[]> = {
  name: 'notifications',
  version: 1,
  schema: z.array(notificationTargetSchema),
  empty: () => [],
};

const addressSchema = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  token: z.string().min(1).max(1024).optional(),
});

export type Told = { target: NotificationTarget; problem?: Problem };

export interface Notifications {
  list(): Promise<NotificationTarget[]>;
  /** The address goes into the keychain. Raises `invalid-input`, `keychain-…`. */
  add(target: Omit<NotificationTarget, 'id'>, address: Address): Promise<NotificationTarget>;
  /** Its address goes, too. */
  remove(id: string): Promise<void>;
  /** Sends a test to one. Raises `notification-failed`. */
  test(id: string, message: Message, signal: AbortSignal): Promise<void>;
  /** Tells everybody who wants to know; never rejects for what one of them answers. */
  tell(message: Message, signal: AbortSignal): Promise<Told[]>;
}

export function createNotifications({
  document,
  credentials,
  redact,
  addToRedactor,
  send = notify,
}: {
  document: StoredDocument<NotificationTarget[]>;
  credentials: Credentials;
  redact: (text: string) => string;
  addToRedactor: (secret: string) => void;
  send?: typeof notify;
}): Notifications {
  const account = (id: string) => `notification:${id}` as const;
  const list = async () => (await document.read()).value;

  const know = ({ url, token }: Address) => {
    addToRedactor(url);
    if (token !== undefined) addToRedactor(token);
    // The part of an address that makes it a secret: a topic, a UUID, a token.
    const last = new URL(url).pathname.split('/').filter((part) => part.length >= 8);
    for (const part of last) addToRedactor(part);
  };

  const addressOf = async (target: NotificationTarget, signal: AbortSignal): Promise<Address> => {
    const secret = await credentials.get(account(target.id), signal);
    if (secret === undefined) throw new ProblemError('keychain-entry-missing', { name: target.name });
    const address = addressSchema.parse(JSON.parse(secret));
    know(address);
    return address;
  };

  const sendTo = async (target: NotificationTarget, message: Message, signal: AbortSignal): Promise<void> => {
    const address = await addressOf(target, signal);
    await send(target, address, { ...message, title: redact(message.title), body: redact(message.body) }, { signal });
  };

  return {
    list,
    async add(target, address) {
      const checked = addressSchema.safeParse(address);
      if (!checked.success) {
        throw new ProblemError('invalid-input', { field: 'url' }, { detail: 'not an http or https address' });
      }
      know(address);
      const whole = notificationTargetSchema.parse({ ...target, id: randomUUID() });
      await credentials.set(account(whole.id), JSON.stringify(checked.data), 'keychain', whole.name);
      try {
        await document.update((current) => [...current, whole]);
      } catch (error) {
        await credentials.forget(account(whole.id));
        throw error;
      }
      return whole;
    },
    async remove(id) {
      await document.update((current) => current.filter((each) => each.id !== id));
      await credentials.forget(account(id));
    },
    async test(id, message, signal) {
      const target = (await list()).find((each) => each.id === id);
      if (target === undefined) throw new ProblemError('invalid-input', { field: 'notification' });
      await sendTo(target, message, signal);
    },
    async tell(message, signal) {
      const wanted = (await list()).filter(
        ({ kind, on }) => message.outcome !== 'succeeded' || on === 'always' || kind === 'push',
      );
      return Promise.all(
        wanted.map(async (target): Promise<Told> => {
          try {
            await sendTo(target, message, signal);
            return { target };
          } catch (error) {
            if (!(error instanceof ProblemError)) throw error;
            return { target, problem: error.problem };
          }
        }),
      );
    },
  };
}
