import { rm } from 'node:fs/promises';
import type { SchedulerState } from '../../../contract/backupSchedule.ts';
import { writeAtomically } from '../../adapters/files.ts';
import type { Host } from '../../adapters/host.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Prepared, SchedulerCommand } from './scheduler.ts';

type Runner = Pick<Host, 'run'>;

/** Milliseconds for one command of a scheduler. */
const timeout = 30_000;
const names = { systemd: 'systemd', launchd: 'launchd', 'task-scheduler': 'Task Scheduler' } as const;

/** Writes the files and has the scheduler take them. Raises `scheduler-unavailable` (the files are there then), `store-unwritable`. */
export async function installJob(prepared: Prepared, host: Runner, signal: AbortSignal): Promise<void> {
  for (const { path, content, encoding } of prepared.files) {
    await writeAtomically(path, Buffer.from(content, encoding), { mode: 0o600 });
  }
  await refuseUnavailable(prepared, host, signal);
  await runAll(prepared, prepared.install, host, signal);
}

/** Takes the job away wherever it is known, and its files. Raises `store-unwritable`. */
export async function removeJob(prepared: Prepared, host: Runner, signal: AbortSignal): Promise<void> {
  await runAll(prepared, prepared.remove, host, signal);
  for (const { path } of prepared.files) await rm(path, { force: true });
  await runAll(prepared, prepared.afterRemoval, host, signal);
}

/** Whether the scheduler knows the job. */
export async function jobState(prepared: Prepared, host: Runner, signal: AbortSignal): Promise<SchedulerState> {
  const of = { kind: prepared.kind, files: prepared.files.map(({ path }) => path) };
  const { ok } = await attempt(prepared.installed, host, signal);
  if (ok) return { ...of, state: 'installed' };
  try {
    await refuseUnavailable(prepared, host, signal);
    return { ...of, state: 'missing' };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'scheduler-unavailable') throw error;
    return { ...of, state: 'unavailable', problem: error.problem };
  }
}

async function refuseUnavailable(prepared: Prepared, host: Runner, signal: AbortSignal): Promise<void> {
  const { ok, detail } = await attempt(prepared.available, host, signal);
  if (!ok) throw unavailable(prepared, detail);
}

async function runAll(prepared: Prepared, commands: readonly SchedulerCommand[], host: Runner, signal: AbortSignal) {
  for (const { argv, mayFail } of commands) {
    const { ok, detail } = await attempt(argv, host, signal);
    if (!ok && mayFail !== true) throw unavailable(prepared, detail);
  }
}

async function attempt(
  argv: readonly string[],
  host: Runner,
  signal: AbortSignal,
): Promise<{ ok: boolean; detail: string }> {
  try {
    const { exitCode, stderr, stdout } = await host.run(argv, { signal, timeout });
    return { ok: exitCode === 0, detail: `${argv.join(' ')}: ${(stderr || stdout).trim()}` };
  } catch (error) {
    // A system without this scheduler has no such program.
    if (error instanceof ProblemError && error.problem.code === 'command-missing') {
      return { ok: false, detail: error.problem.detail ?? '' };
    }
    throw error;
  }
}

function unavailable({ kind, files }: Prepared, detail: string): ProblemError {
  const folder = files[0]?.path.replace(/[/\\][^/\\]*$/, '') ?? '';
  return new ProblemError('scheduler-unavailable', { scheduler: names[kind], folder }, { detail });
}
