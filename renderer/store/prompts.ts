import type { StateCreator } from 'zustand';
import type { Events } from '../../contract/events.ts';
import type { Prompt, PromptAnswer } from '../../contract/prompt.ts';
import { ask } from '../api.ts';
import type { Store } from './store.ts';

export type PromptsSlice = {
  /** Questions of main that wait for an answer, oldest first; the first one is shown. */
  prompts: Prompt[];
  /** Answers that the keychain refused although they were to be remembered, until the user has seen it. */
  notKept: Events['secret.not-kept'][];
  /** Questions that were asked before this window was loaded. */
  loadPrompts(): Promise<void>;
  promptAsked(prompt: Prompt): void;
  promptWithdrawn(id: string): void;
  answerPrompt(id: string, answer: PromptAnswer): Promise<void>;
  secretNotKept(event: Events['secret.not-kept']): void;
  dismissNotKept(label: string): void;
};

export const promptsSlice: StateCreator<Store, [], [], PromptsSlice> = (set, get) => ({
  prompts: [],
  notKept: [],
  async loadPrompts() {
    for (const prompt of await ask('prompts.pending')) get().promptAsked(prompt);
  },
  promptAsked(prompt) {
    set((state) => ({ prompts: [...state.prompts.filter((one) => one.id !== prompt.id), prompt] }));
  },
  promptWithdrawn(id) {
    set((state) => ({ prompts: state.prompts.filter((one) => one.id !== id) }));
  },
  async answerPrompt(id, answer) {
    await ask('prompts.answer', { id, answer });
    get().promptWithdrawn(id);
  },
  secretNotKept(event) {
    set((state) => ({ notKept: [...state.notKept.filter(({ label }) => label !== event.label), event] }));
  },
  dismissNotKept(label) {
    set((state) => ({ notKept: state.notKept.filter((one) => one.label !== label) }));
  },
});
