import { dockerProblems } from './problemsDocker.ts';
import { loginProblems } from './problemsLogin.ts';
import { migrationProblems } from './problemsMigrations.ts';
import { reachingProblems } from './problemsReaching.ts';
import { storedProblems } from './problemsStored.ts';
import { workingProblems } from './problemsWorking.ts';

/** What went wrong (`title`), what causes it (`cause`), what to do (`next`), for each problem code. Keys: `problem.<code>.<part>`. SSH codes are in ssh.ts. */
export const problems = {
  ...reachingProblems,
  ...loginProblems,
  ...workingProblems,
  ...storedProblems,
  ...dockerProblems,
  ...migrationProblems,
} as const;
