import type { z } from 'zod';
import type { ChannelName, Envelope } from '../../contract/channels.ts';
import { channels } from '../../contract/channels.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Handlers } from './handlers.ts';

function isChannel(name: unknown): name is ChannelName {
  return typeof name === 'string' && Object.hasOwn(channels, name);
}

/**
 * Answers one question of the page. The name and the payload are checked here and trusted from here on. Never rejects:
 * an expected failure crosses as its problem, an unexpected one as the reference of its entry in the log.
 * What was refused is named by its path only, so that nothing of a payload (it may hold a secret) comes back or is logged.
 */
export async function answer(
  handlers: Handlers,
  name: unknown,
  input: unknown,
  unexpected: (error: unknown, channel: string) => string,
): Promise<Envelope<unknown>> {
  if (!isChannel(name)) return { ok: false, problem: { code: 'invalid-input', values: { where: 'channel' } } };
  try {
    const parsed = channels[name].input.safeParse(input);
    if (!parsed.success) {
      const where = parsed.error.issues.map((issue: z.core.$ZodIssue) => issue.path.join('.') || name).slice(0, 5);
      return { ok: false, problem: { code: 'invalid-input', values: { where: where.join(', ') } } };
    }
    const handler = handlers[name] as (input: unknown) => Promise<unknown>;
    return { ok: true, value: await handler(parsed.data) };
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    return { ok: false, unexpected: { reference: unexpected(error, name) } };
  }
}
