import { z } from 'zod';

/**
 * A question that main asks while it works: it waits, the window or the terminal answers.
 * Answers may hold secrets; they go one way, from the renderer to main.
 */
export type Prompt = { id: string; instanceId?: string } & (
  | {
      kind: 'host-key';
      host: string;
      port: number;
      algorithm: string;
      /** `SHA256:…` as OpenSSH prints it. */
      fingerprint: string;
    }
  | { kind: 'ssh-password'; host: string; user: string; retry: boolean }
  | { kind: 'key-passphrase'; path: string; retry: boolean }
  | {
      kind: 'keyboard-interactive';
      host: string;
      user: string;
      name: string;
      instructions: string;
      questions: { text: string; echo: boolean }[];
    }
  | { kind: 'database-password'; user: string; database: string; host: string; retry: boolean }
);

export const promptAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accept') }),
  z.object({ kind: z.literal('refuse') }),
  /** One answer for each question; `remember` keeps it in the keychain (never for keyboard-interactive). */
  z.object({ kind: z.literal('answers'), answers: z.array(z.string().max(8192)).max(32), remember: z.boolean() }),
]);
export type PromptAnswer = z.infer<typeof promptAnswerSchema>;
