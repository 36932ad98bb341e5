import type { Companion } from '../compose.ts';
import type { Prompts } from '../services/prompts.ts';
import type { Handlers } from './handlers.ts';

type OperationHandlers = Pick<
  Handlers,
  'operations.list' | 'operations.log' | 'operations.cancel' | 'prompts.answer' | 'prompts.pending'
>;

export function operationHandlers({ operations }: Companion, prompts: Prompts): OperationHandlers {
  return {
    'operations.list': (filter) => operations.list(filter),
    'operations.log': ({ id }) => operations.log(id),
    'operations.cancel': ({ id }) => operations.cancel(id),
    'prompts.answer': async ({ id, answer }) => prompts.answer(id, answer),
    'prompts.pending': async () => prompts.pending(),
  };
}
