// npm run -s cli -- <command>: the command line from a checkout. Standard output belongs to the command; whatever has to
// be installed or built first is told on standard error.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { dependencies } from './environment/dependencies.mjs';
import { checkout, pinnedNode } from './environment/paths.mjs';
import { createReport } from './environment/report.mjs';
import { forwardSignals } from './forwardSignals.mjs';

/** Says nothing unless something takes long enough to be noticed. */
function quietReport() {
  const report = createReport(process.stderr);
  let pending = '';
  return {
    ...report,
    step(name) {
      pending = name;
    },
    line(text) {
      if (text === 'up to date') return;
      process.stderr.write(`${pending}: ${text}\n`);
    },
  };
}

function runCommandLine() {
  const child = spawn(pinnedNode, [path.join(checkout, 'out', 'main', 'cli.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? { signal } : { code: code ?? 1 }));
  });
}

try {
  const report = quietReport();
  await dependencies(report);
  await build(report);
  const end = await runCommandLine();
  if (end.signal) {
    process.kill(process.pid, end.signal);
  } else {
    process.exitCode = end.code;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
