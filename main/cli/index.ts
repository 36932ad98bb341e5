import { join } from 'node:path';
import { forkPractice } from '../adapters/embeddedPostgres.ts';
import { runCommandLine } from './run.ts';

// Beside the source this is main/cli/index.ts, built it is one of the entry files in out/main.
const practiceModule = import.meta.filename.endsWith('.ts') ? '../practice/process.ts' : 'practice.js';

// Not process.exit: what was written to a pipe has to arrive first.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  program: [process.execPath, import.meta.filename],
  spawnPractice: forkPractice(join(import.meta.dirname, practiceModule)),
});
