// npm run bench [-- startup|checks|tunnel …]: sets up what the tests need, builds, and prints one table.
import path from 'node:path';
import { build } from './build.mjs';
import { checkout, pinnedNode } from './environment/paths.mjs';
import { createReport } from './environment/report.mjs';
import { environment } from './environment.mjs';
import { inSession } from './session.mjs';

const report = createReport(process.stderr);
try {
  await environment('test', report);
  await build(report, { always: true });
  report.end();
  process.exitCode = await inSession(pinnedNode, [path.join(checkout, 'bench', 'run.ts'), ...process.argv.slice(2)]);
} catch (error) {
  report.end();
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 3;
}
