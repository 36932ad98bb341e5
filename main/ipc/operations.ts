import type { Prompt, PromptAnswer } from '../../contract/prompt.ts';
import type { Companion } from '../compose.ts';
import type { Prompts } from '../services/prompts.ts';
import type { Handlers } from './handlers.ts';

type OperationHandlers = Pick<
  Handlers,
  'operations.list' | 'operations.log' | 'operations.cancel' | 'prompts.answer' | 'prompts.pending'
>;

/** Milliseconds that a list waits for what the database knows of other computers. */
const databasePatience = 2_000;

export function operationHandlers({ activity, operations, redactor }: Companion, prompts: Prompts): OperationHandlers {
  return {
    'operations.list': (filter) => activity.list(filter, databasePatience),
    'operations.log': ({ id }) => operations.log(id),
    'operations.cancel': ({ id }) => operations.cancel(id),
    'prompts.answer': async ({ id, answer }) => {
      const asked = prompts.pending().find((prompt) => prompt.id === id);
      if (asked !== undefined) for (const secret of secretsIn(asked, answer)) redactor.add(secret);
      prompts.answer(id, answer);
    },
    'prompts.pending': async () => prompts.pending(),
  };
}

/** What was typed unseen. An answer that the server wants to see typed (the number of a choice) would blacken every line. */
function secretsIn(asked: Prompt, answer: PromptAnswer): string[] {
  if (answer.kind !== 'answers') return [];
  return answer.answers.filter(
    (_one, index) => asked.kind !== 'keyboard-interactive' || asked.questions[index]?.echo === false,
  );
}
