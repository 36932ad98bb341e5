import { setTimeout as delay } from 'node:timers/promises';
import type { PlanStep } from '../../../contract/plan.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { inspectContainer } from '../../adapters/docker/inspect.ts';
import { readLog } from '../../adapters/docker/logs.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import type { Op } from '../ports.ts';
import { scramVerifier } from '../provisioning/scramVerifier.ts';
import { containerState } from '../server/containerState.ts';
import { stateProblem } from '../server/stateProblem.ts';

type DatabaseService = NonNullable<ServerSettings['database']>;

/** What the server needs of its database and only a superuser may make. */
const extensions = ['vector', 'pgcrypto', 'pg_trgm'] as const;

/** Milliseconds that PostgreSQL gets to set its files up the first time: slow on a hard disk of a NAS. */
const patience = 300_000;
const lookInterval = 500;

/** The statements as they are shown; the volume may be one from before, with another password. */
export function databaseSteps({ user, database, containerName }: DatabaseService): PlanStep[] {
  const step = (statement: string): PlanStep => ({ kind: 'sql', host: containerName, database, role: user, statement });
  return [...extensions.map((name) => step(createExtension(name))), step(`${setPassword(user)} '***'`)];
}

const createExtension = (name: string) => `CREATE EXTENSION IF NOT EXISTS ${name}`;
const setPassword = (user: string) => `ALTER ROLE ${quoteIdentifier(user)} PASSWORD`;

/** Waits until the database takes connections. Raises `container-…` and what its log says. */
export async function databaseReady(
  cli: DockerCli,
  service: DatabaseService,
  { signal, log }: Pick<Op, 'signal' | 'log'>,
): Promise<void> {
  const { containerName: container, user, database } = service;
  const begun = performance.now();
  let lastSeen = '';
  let said = '';
  for (;;) {
    const inspected = await inspectContainer(cli, container, { signal });
    const state = containerState(inspected, Date.now());
    if (state.kind !== lastSeen) log(`${container}: ${state.kind}`);
    lastSeen = state.kind;
    if (state.kind === 'running') {
      // Over TCP: while it is being set up, it answers on its socket only.
      const asked = ['exec', container, 'pg_isready', '-q', '-h', '127.0.0.1', '-U', user, '-d', database];
      const answer = await cli.run(asked, { signal });
      if (answer.exitCode === 0) return;
      // pg_isready itself says nothing; the engine does when it could not even run it.
      said = answer.stderr.trim();
    }
    const over = performance.now() - begun > patience;
    const lost = state.kind !== 'running' && state.kind !== 'created';
    if (lost || over) {
      const lines = inspected === undefined ? [] : await readLog(cli, container, { tail: 40 }, signal);
      for (const { line } of lines) log(line, 'warn');
      const problem = stateProblem(state, container, cli.host.label);
      const last = said === '' ? lines.at(-1)?.line.replace(/^\S+ /, '') : said;
      const detail = problem?.detail ?? last;
      throw new ProblemError(
        problem?.code ?? 'server-not-ready',
        problem?.values ?? { container, state: state.kind, seconds: Math.round(patience / 1000), missing: last ?? '' },
        {
          ...(detail === undefined ? {} : { detail }),
          ...(problem?.fixes === undefined ? {} : { fixes: problem.fixes }),
        },
      );
    }
    await delay(lookInterval, undefined, { signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    });
  }
}

/**
 * The extensions, and the password that `.env` has. Through the container's own socket, which the image lets its superuser use; only
 * what PostgreSQL stores of a password is sent. Raises `extension-unavailable`, `sql-error`.
 */
export async function prepareDatabase(
  cli: DockerCli,
  { containerName: container, user, database }: DatabaseService,
  password: string,
  { signal, log }: Pick<Op, 'signal' | 'log'>,
): Promise<void> {
  const statements = [
    ...extensions.map((name) => ({ statement: createExtension(name), shown: createExtension(name) })),
    { statement: `${setPassword(user)} '${await scramVerifier(password)}'`, shown: `${setPassword(user)} '***'` },
  ];
  for (const { statement, shown } of statements) {
    const args = [
      'exec',
      '-i',
      container,
      'psql',
      '-XqAt',
      '-v',
      'ON_ERROR_STOP=1',
      '-v',
      'VERBOSITY=verbose',
      '-U',
      user,
      '-d',
      database,
    ];
    const { exitCode, stderr } = await cli.run(args, {
      signal,
      stdin: `SET client_min_messages = warning;\n${statement};\n`,
    });
    if (exitCode !== 0) throw statementFailed(stderr, shown, container);
    log(`${shown};`);
  }
}

function statementFailed(words: string, statement: string, container: string): ProblemError {
  const [, sqlState = '', said] = /ERROR: +(?:(\w{5}): )?(.+)/.exec(words) ?? [];
  const message = said ?? words.trim().split('\n')[0] ?? '';
  const extension = /extension "([^"]+)" is not available/.exec(words)?.[1];
  if (extension !== undefined)
    return new ProblemError(
      'extension-unavailable',
      { extension, statement, host: container },
      { detail: words.trim() },
    );
  return new ProblemError('sql-error', { message, sqlState, statement }, { detail: words.trim() });
}
