import { hostname } from 'node:os';

/** Pino's numbers for its levels. */
const levels = { info: 30, warn: 40, error: 50 };

/**
 * A logger that writes JSON lines in pino's format.
 *
 * @param {Record<string, unknown>} bindings fields of each of its lines
 */
export function logger(bindings) {
  /** @param {'info' | 'warn' | 'error'} level @param {Record<string, unknown>} fields @param {string} msg */
  return (level, fields, msg) => {
    const head = { level: levels[level], time: Date.now(), pid: process.pid, hostname: hostname() };
    process.stdout.write(`${JSON.stringify({ ...head, ...bindings, ...fields, msg })}\n`);
  };
}
