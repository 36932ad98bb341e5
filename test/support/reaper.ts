import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * A small process beside the tests that cleans up after them, however they end: it reads from a pipe what has been
 * started and made, and when the pipe closes (also because the test process was killed) it ends and removes the rest.
 */
export class Reaper {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = spawn(process.execPath, [fileURLToPath(new URL('./reaperProcess.mjs', import.meta.url))], {
      // A session of its own, so that Ctrl-C reaches the tests but not their clean-up.
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.#process.unref();
    const { stdin } = this.#process;
    if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  }

  /** Ends the process with this signal when the tests are gone; five seconds later with SIGKILL. */
  watchProcess(pid: number, signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#tell({ watch: 'process', pid, signal });
  }

  /** Removes the folder or file when the tests are gone. */
  watchPath(path: string): void {
    this.#tell({ watch: 'path', path });
  }

  /** The process has been ended by its owner. */
  forgetProcess(pid: number): void {
    this.#tell({ forget: 'process', pid });
  }

  #tell(message: object): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}

let shared: Reaper | undefined;

/** The reaper of this test process. One is enough, and it has to outlive every test file in it. */
export function reaper(): Reaper {
  shared ??= new Reaper();
  return shared;
}
