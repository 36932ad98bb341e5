import { spawn } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { checkout } from './paths.mjs';

/**
 * Environment for a tool: the checkout's own binaries first, so that `node` is the pinned one.
 *
 * @param {NodeJS.ProcessEnv} [extra]
 */
export function toolEnvironment(extra = {}) {
  const bin = path.join(checkout, 'node_modules', '.bin');
  return { ...process.env, ...extra, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {'capture' | 'show' | 'errors'} [options.output] `capture` keeps it silent, `show` passes it on,
 *   `errors` passes everything on to standard error (where standard output belongs to somebody else)
 * @param {number} [options.timeout] milliseconds, after which it is ended and counts as failed
 * @returns {Promise<{ code: number, output: string }>} code -1 when it could not be started
 */
export function run(command, args, { cwd = checkout, env = toolEnvironment(), output = 'capture', timeout } = {}) {
  const stdio = {
    capture: ['ignore', 'pipe', 'pipe'],
    show: ['ignore', 'inherit', 'inherit'],
    errors: ['ignore', 2, 2],
  }[output];
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio,
      timeout,
      killSignal: 'SIGKILL',
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: process.platform === 'win32' && !path.isAbsolute(command),
    });
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', (error) => resolve({ code: -1, output: `${text}${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : -1), output: text }));
  });
}

/**
 * The last lines of a tool's output: enough to see why it failed.
 *
 * @param {string} text
 * @param {number} [lines]
 */
export function tail(text, lines = 20) {
  return stripVTControlCharacters(text).trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * The first lines: npm says what is wrong first and how it is used in general after that.
 *
 * @param {string} text
 * @param {number} lines
 */
export function head(text, lines) {
  return stripVTControlCharacters(text).trim().split('\n').slice(0, lines).join('\n');
}
