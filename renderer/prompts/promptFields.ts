import type { Prompt } from '../../contract/prompt.ts';
import { words } from '../words.ts';

export type AnswersPromptKind = Exclude<Prompt, { kind: 'host-key' }>;

/** What a question for answers looks like: title, explanation, a field for each answer, whether it may be kept. */
export function promptFields(prompt: AnswersPromptKind): {
  title: string;
  text: string;
  retry: boolean;
  mayRemember: boolean;
  fields: { label: string; secret: boolean }[];
} {
  const secret = (label: string) => [{ label, secret: true }];
  switch (prompt.kind) {
    case 'ssh-password':
      return {
        title: words('screen.prompt.ssh-password.title'),
        text: words('screen.prompt.ssh-password.text', { user: prompt.user, host: prompt.host }),
        retry: prompt.retry,
        mayRemember: true,
        fields: secret(words('screen.prompt.password')),
      };
    case 'key-passphrase':
      return {
        title: words('screen.prompt.key-passphrase.title'),
        text: words('screen.prompt.key-passphrase.text', { path: prompt.path }),
        retry: prompt.retry,
        mayRemember: true,
        fields: secret(words('screen.prompt.passphrase')),
      };
    case 'database-password':
      return {
        title: words('screen.prompt.database-password.title'),
        text: words('screen.prompt.database-password.text', {
          user: prompt.user,
          database: prompt.database,
          host: prompt.host,
        }),
        retry: prompt.retry,
        mayRemember: true,
        fields: secret(words('screen.prompt.password')),
      };
    case 'keyboard-interactive':
      return {
        title: prompt.name === '' ? words('screen.prompt.interactive.title', { host: prompt.host }) : prompt.name,
        text:
          prompt.instructions === ''
            ? words('screen.prompt.interactive.text', { user: prompt.user, host: prompt.host })
            : prompt.instructions,
        retry: false,
        mayRemember: false,
        fields: prompt.questions.map((question) => ({
          label: question.text.trim() === '' ? words('screen.prompt.answer') : question.text.trim(),
          secret: !question.echo,
        })),
      };
  }
}
