import { describe, expect, it } from 'vitest';
import type { EventName, Events } from '../../contract/events.ts';
import type { Prompt, PromptAnswer } from '../../contract/prompt.ts';
import type { Question } from '../../main/services/ports.ts';
import { createPrompts, fits } from '../../main/services/prompts.ts';

const password: Question = { kind: 'ssh-password', host: 'nas', user: 'root', retry: false };
const hostKey: Question = {
  kind: 'host-key',
  host: 'nas',
  port: 22,
  algorithm: 'ssh-ed25519',
  fingerprint: 'SHA256:abc',
};
const two: Question = {
  kind: 'keyboard-interactive',
  host: 'nas',
  user: 'root',
  name: '',
  instructions: 'Second\u001b[2J factor',
  questions: [
    { text: 'Code: ', echo: true },
    { text: 'Password: ', echo: false },
  ],
};
const answers = (...given: string[]): PromptAnswer => ({ kind: 'answers', answers: given, remember: false });
const never = new AbortController().signal;

function open() {
  const events: [EventName, Events[EventName]][] = [];
  const prompts = createPrompts({ emit: (name, event) => events.push([name, event]) });
  return { prompts, events };
}

describe('questions to the window', () => {
  it('wait, can be listed, are answered once and withdrawn', async () => {
    const { prompts, events } = open();
    const first = prompts.ask(password, never);
    const second = prompts.ask(hostKey, never);
    const [one, other] = prompts.pending();
    expect([one, other]).toMatchObject([password, hostKey]);
    prompts.answer(other?.id ?? '', { kind: 'accept' });
    prompts.answer(other?.id ?? '', { kind: 'refuse' });
    prompts.answer(one?.id ?? '', answers('pw'));
    expect(await second).toEqual({ kind: 'accept' });
    expect(await first).toEqual(answers('pw'));
    expect(prompts.pending()).toEqual([]);
    expect(events.map(([name]) => name)).toEqual([
      'prompt.asked',
      'prompt.asked',
      'prompt.withdrawn',
      'prompt.withdrawn',
    ]);
  });

  it('go when what asked is cancelled, and when nobody is left to answer', async () => {
    const { prompts, events } = open();
    const controller = new AbortController();
    const asked = prompts.ask(password, controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await expect(prompts.ask(password, controller.signal)).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const left = prompts.ask(password, never);
    prompts.withdrawAll();
    await expect(left).rejects.toMatchObject({ problem: { code: 'question-unanswered' } });
    expect(events.map(([name]) => name)).toEqual([
      'prompt.asked',
      'prompt.withdrawn',
      'prompt.asked',
      'prompt.withdrawn',
    ]);
  });

  it('take only an answer that is one to them, and stay open otherwise', async () => {
    const { prompts } = open();
    const asked = prompts.ask(two, never);
    const id = prompts.pending()[0]?.id ?? '';
    for (const wrong of [answers('one'), answers('1', '2', '3'), { kind: 'accept' } as const]) {
      expect(() => prompts.answer(id, wrong)).toThrow(
        expect.objectContaining({ problem: expect.objectContaining({ code: 'invalid-input' }) }),
      );
    }
    expect(prompts.pending()).toHaveLength(1);
    prompts.answer(id, answers('1', '2'));
    expect(await asked).toEqual(answers('1', '2'));
    const prompt = (question: Question) => ({ ...question, id: 'x' }) as Prompt;
    expect(fits(prompt(hostKey), answers('yes'))).toBe(false);
    expect(fits(prompt(password), { kind: 'accept' })).toBe(false);
    expect(fits(prompt(two), { kind: 'answers', answers: ['1', '2'], remember: true })).toBe(false);
    expect(fits(prompt(two), { kind: 'refuse' })).toBe(true);
  });
});
