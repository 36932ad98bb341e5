import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** @type {Map<number, { signal: NodeJS.Signals, startedAt: string | undefined }>} */
const processes = new Map();
/** @type {Set<string>} */
const paths = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.forget === 'process') processes.delete(message.pid);
  else if (message.watch === 'process') {
    processes.set(message.pid, { signal: message.signal, startedAt: startedAt(message.pid) });
  } else if (message.watch === 'path') paths.add(message.path);
}

for (const [pid, { signal }] of living()) end(pid, signal);
for (let waited = 0; waited < 50 && living().length > 0; waited += 1) await delay(100);
for (const [pid] of living()) end(pid, 'SIGKILL');
await delay(100);
for (const path of paths) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

/** Those that still run and are still the ones that were meant: a process id may have been given out again. */
function living() {
  return [...processes].filter(([pid, { startedAt: known }]) => known !== undefined && startedAt(pid) === known);
}

/** When the process started, in clock ticks since boot (proc(5), field 22 of stat); undefined when it is gone. */
function startedAt(/** @type {number} */ pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function end(/** @type {number} */ pid, /** @type {NodeJS.Signals} */ signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in between, which is what was wanted.
  }
}
