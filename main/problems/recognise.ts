import type { Problem } from '../../contract/problem.ts';
import type { Context } from './context.ts';
import { ProblemError } from './ProblemError.ts';
import { recogniseDriver } from './recogniseDriver.ts';
import { recogniseNetwork } from './recogniseNetwork.ts';
import { recognisePostgres } from './recognisePostgres.ts';
import { recogniseTls } from './recogniseTls.ts';

/**
 * The problem that an error is, or undefined for an unexpected one, which stays an error. One place for SQLSTATEs, errnos, OpenSSL's
 * codes and the driver's own messages. Output of PostgreSQL's tools and of Docker is to be recognised here, too, when they come:
 * one file each, beside the others.
 */
export function recognise(error: unknown, context: Context): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'AbortError') return { code: 'cancelled', values: {} };
  const problem =
    recognisePostgres(error, context) ??
    recogniseTls(error, context) ??
    recogniseNetwork(error, context) ??
    recogniseDriver(error, context);
  if (problem !== undefined) return problem;
  return error.cause instanceof Error && error.cause !== error ? recognise(error.cause, context) : undefined;
}
