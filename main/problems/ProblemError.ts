import type { Fix } from '../../contract/fix.ts';
import type { Problem, ProblemCode, Values } from '../../contract/problem.ts';

/** An expected failure on its way up. Carries plain data; the original error stays as `cause` for the log. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(code: ProblemCode, values: Values = {}, more: { detail?: string; fixes?: Fix[]; cause?: unknown } = {}) {
    super(more.detail ? `${code}: ${more.detail}` : code, { cause: more.cause });
    this.name = 'ProblemError';
    this.problem = {
      code,
      values,
      ...(more.detail === undefined ? {} : { detail: more.detail }),
      ...(more.fixes === undefined ? {} : { fixes: more.fixes }),
    };
  }
}

/** The problem that an operation or a request ends with when its signal was aborted. */
export function cancelled(cause?: unknown): ProblemError {
  return new ProblemError('cancelled', {}, { cause });
}
