import type { z } from 'zod';

/** One kind of question that the window may ask main: the schema of its input (checked in main), and the type of its answer. */
export type Request<Input extends z.ZodType, Output> = { input: Input; output?: Output };

/** `request<Answer>()(inputSchema)`: two calls, because TypeScript infers all type arguments or none. */
export function request<Output>() {
  return <Input extends z.ZodType>(input: Input): Request<Input, Output> => ({ input });
}
