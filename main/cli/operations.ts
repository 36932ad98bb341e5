import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, table } from './output.ts';
import { problemLines } from './reportText.ts';

/** Milliseconds that the list waits for what the database knows of other computers. */
const databasePatience = 10_000;

/** `operations list`: newest first; of one instance, also what other computers did to it. */
export async function list(
  { instance, limit }: { instance?: string; limit: number },
  context: Context,
): Promise<ExitCode> {
  const companion = await context.companion();
  const instanceId = instance === undefined ? undefined : (await findInstance(companion, instance)).id;
  const filter = { limit, ...(instanceId === undefined ? {} : { instanceId }) };
  const operations = await companion.activity.list(filter, databasePatience);
  context.output.result({ operations }, () =>
    operations.length === 0 ? say(text('cli.operations.none')) : table(operations.map(row)),
  );
  return exitCode.good;
}

/** `operations show`: by the id or its beginning. */
export async function show(id: string, context: Context): Promise<ExitCode> {
  const { operations } = await context.companion();
  const found = (await operations.list({ limit: 1000 })).filter((view) => view.id.startsWith(id));
  const [operation] = found;
  if (operation === undefined) throw new WrongUsage(say(text('cli.operations.not-found', { id })), 'operation-missing');
  if (found.length > 1) throw new WrongUsage(say(text('cli.operations.ambiguous', { id })), 'operation-missing');
  const log = await operations.log(operation.id);
  context.output.result({ operation, log }, () =>
    [
      row(operation).join('  '),
      ...(operation.problem === undefined ? [] : ['', problemLines(operation.problem, context.output)]),
      '',
      ...log.map(({ at, level, line }) => `${at}  ${level.padEnd(5)}  ${line}`),
    ].join('\n'),
  );
  return exitCode.good;
}

function row(view: OperationView): string[] {
  const { id, kind, state, startedAt, subject } = view;
  return [
    id.slice(0, 8),
    startedAt.slice(0, 19).replace('T', ' '),
    say(text(`operation.state.${state}`)),
    say(text(`operation.kind.${kind}`)),
    view.host === undefined ? subject.name : say(text('operation.elsewhere', { name: subject.name, host: view.host })),
    outcomeOf(view),
  ];
}

function outcomeOf({ outcome, problem }: OperationView): string {
  if (problem !== undefined) return problemText(problem).title;
  return outcome === undefined ? '' : say(outcome);
}
