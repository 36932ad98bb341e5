import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { reaper } from './reaper.ts';

/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** How a program ended and what it printed. */
export interface Finished {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program is run with. */
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  readonly cwd?: string;
  /** Milliseconds after which it is ended with SIGKILL; 60 s unless told. */
  readonly timeout?: number;
}

/** Runs a program to its end and reports how it ended. Raises only when it could not be started. */
export function run(command: Command, options: RunOptions = {}): Promise<Finished> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: 'pipe',
      timeout: options.timeout ?? 60_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A program that ends without reading its input closes the pipe early; how it ended says what matters.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a program to its end; anything but exit code 0 is raised, with all that it printed. */
export async function mustRun(command: Command, options: RunOptions = {}): Promise<Finished> {
  const finished = await run(command, options);
  if (finished.code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${finished.code}:\n${finished.stdout}${finished.stderr}`);
  }
  return finished;
}

/** A server process that a test started. */
export interface Daemon {
  readonly pid: number;
  /** Whether it has ended. */
  readonly ended: () => boolean;
  /** Sends the signal and waits until the process is gone; after ten seconds it is killed. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/**
 * Starts a server that writes both its outputs to a log file. It is ended with the given signal when the test process
 * goes away.
 */
export function startDaemon(
  command: Command,
  options: { log: string; endSignal: NodeJS.Signals; env?: NodeJS.ProcessEnv; cwd?: string },
): Daemon {
  const [program, ...args] = command;
  const log = openSync(options.log, 'a', 0o644);
  const child: ChildProcess = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  let over = false;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      over = true;
      reaper().forgetProcess(pid);
      resolve();
    });
  });
  reaper().watchProcess(pid, options.endSignal);
  child.unref();
  return {
    pid,
    ended: () => over,
    end: async (signal) => {
      if (over) return;
      // Waiting for it keeps this process alive; otherwise it does not.
      child.ref();
      child.kill(signal);
      await Promise.race([gone, delay(10_000, undefined, { ref: false })]);
      if (!over) {
        child.kill('SIGKILL');
        await gone;
      }
    },
  };
}

/**
 * Asks again every 20 ms until the answer is true.
 *
 * @param milliseconds how long to ask
 * @param explain what the error says when it never came true
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  milliseconds: number,
  explain: () => string,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${explain()}`);
    await delay(20);
  }
}

/** Process ids of the direct children of a process (proc(5), the fourth field of stat). */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

/** Whether a process with this id runs. */
export function exists(pid: number): boolean {
  return parentOf(pid) !== undefined;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
