import { randomUUID } from 'node:crypto';
import { CommanderError } from 'commander';
import { commandLine } from '../../contract/copy/commandLine.ts';
import { dataFolder } from '../adapters/dataFolder.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import { type CommandSurroundings, type Context, createContext } from './context.ts';
import { tellProblem, tellUnexpected, tellWrongUsage, UnexpectedEnd, WrongUsage } from './failure.ts';
import { createOutput, type ExitCode, exitCode } from './output.ts';
import { createProgram, type Invocation } from './program.ts';

/**
 * Runs one command and answers its exit code: 0 good, 1 a problem was found, 2 wrong usage, 3 the operation failed, 130 cancelled.
 * Results go to standard output, everything else to standard error. Never rejects; needs no Electron.
 */
export async function runCommandLine(argv: readonly string[], surroundings: CommandSurroundings): Promise<number> {
  const { stdout, stderr, env: environment } = process;
  const json = argv.includes('--json');
  let invocation: Invocation | undefined;
  let complaint = '';
  const program = createProgram({
    choose: (chosen) => {
      invocation = chosen;
    },
    writeOut: (text) => stdout.write(text),
    writeError: (text) => {
      complaint += text;
    },
  });
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCode.good;
    const output = createOutput({ json, quiet: false, stdout, stderr, environment });
    return tellWrongUsage(output, await usageComplaint(complaint), commandLine['cli.usage.hint']);
  }
  if (invocation === undefined) return exitCode.good;
  const output = createOutput({ json, quiet: invocation.quiet, stdout, stderr, environment });

  const controller = new AbortController();
  const interrupt = () => {
    // Asked twice: whoever asks does not want to wait. The journal then says interrupted.
    if (controller.signal.aborted) process.exit(exitCode.cancelled);
    controller.abort(cancelled());
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  // Whoever reads the output may leave before its end (`| head`).
  for (const stream of [stdout, stderr]) stream.on('error', leaveQuietly);
  const context = createContext({
    ...surroundings,
    folder: surroundings.folder ?? dataFolder(),
    output,
    signal: controller.signal,
    interrupt,
    acceptedHostKeys: invocation.acceptedHostKeys,
    offerToKeep: invocation.offerToKeep,
    startedBy: invocation.startedBy,
  });
  let code: ExitCode;
  try {
    code = await invocation.run(context);
  } catch (error) {
    code = await tell(error, context);
  }
  await context.running()?.then(
    (companion) => companion.stop(),
    () => undefined,
  );
  output.clearStatus();
  for (const name of signals) process.off(name, interrupt);
  return code;
}

async function tell(error: unknown, context: Context & ReturnType<typeof createContext>): Promise<ExitCode> {
  const { output, signal } = context;
  if (error instanceof WrongUsage) return tellWrongUsage(output, error, commandLine['cli.usage.hint']);
  const companion = await context.running()?.catch(() => undefined);
  const { redactDeep } = await import('../services/operations/journal.ts');
  const redact = <Value>(value: Value): Value =>
    companion === undefined ? value : redactDeep(value, companion.redactor.redact);
  if (error instanceof ProblemError) return tellProblem(output, error.problem, redact);
  if (signal.aborted) return tellProblem(output, cancelled().problem, redact);
  if (error instanceof UnexpectedEnd) return tellUnexpected(output, error.reference, context.logFile);
  const reference = randomUUID().slice(0, 8);
  // Without the services there is no log to write to; then it is said here, as it is.
  if (companion === undefined) throw error;
  companion.log.error('unexpected error', { reference, startedBy: 'command-line' }, error);
  return tellUnexpected(output, reference, context.logFile);
}

/** What the parser complained about; it repeats the words that it was given, and one of them may be a secret. */
async function usageComplaint(complaint: string): Promise<WrongUsage> {
  const { createRedactor } = await import('../redaction.ts');
  return new WrongUsage(createRedactor().redact(complaint.trim()));
}

function leaveQuietly(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') return;
  throw error;
}
