// npm test [-- unit|integration|e2e|package|lint [filter]]
// Sets up what testing needs, runs every stage and counts. The last line is `N passed, N failed, N skipped`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { dependencies } from './environment/dependencies.mjs';
import { installed, pinnedNode } from './environment/paths.mjs';
import { createReport, duration } from './environment/report.mjs';
import { run, tail } from './environment/run.mjs';
import { environment, listSkipped } from './environment.mjs';
import { inSession } from './session.mjs';

// Several tools colour their output whenever CI is set, even into a file.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1';

const tool = (name, file) => path.join(installed(name), ...file.split('/'));
const results = mkdtempSync(path.join(tmpdir(), 'aperture-companion-results-'));
const report = createReport();
const total = { passed: 0, failed: 0, skipped: 0 };

/** A tool that either agrees or not: counts as one. */
const judge = (name, file, args) => async () => {
  const { code, output } = await run(pinnedNode, [tool(name, file), ...args]);
  if (code !== 0) console.log(output.trimEnd());
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
};

const buildStage = async () => {
  try {
    await build(report, { always: true });
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    report.end();
  }
};

const vitest = (project, filter) => async () => {
  const file = path.join(results, `vitest-${project}.json`);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await inSession(pinnedNode, [tool('vitest', 'vitest.mjs'), ...args, ...filter]);
  return counted(code, file, (result) => ({
    passed: result.numPassedTests,
    // A file that cannot even be loaded fails without a single test in it.
    failed: result.numFailedTests + result.testResults.filter(failedAsAWhole).length,
    skipped: result.numPendingTests + result.numTodoTests,
  }));
};

const failedAsAWhole = (file) =>
  file.status === 'failed' && !file.assertionResults.some((assertion) => assertion.status === 'failed');

const playwright = (project, filter) => async () => {
  const file = path.join(results, `playwright-${project}.json`);
  const args = ['test', '--project', project, '--reporter=list,json'];
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const code = await inSession(pinnedNode, [tool('@playwright/test', 'cli.js'), ...args, ...filter], env);
  return counted(code, file, ({ stats }) => {
    if (stats.flaky > 0) console.log(`${stats.flaky} passed only when tried again.`);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
};

/** A runner that fails without naming a failed test (it crashed, or found nothing to run) still counts as one failure. */
function counted(code, file, read) {
  let counts;
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    counts = { passed: 0, failed: 0, skipped: 0 };
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function stages(area, filter) {
  const lint = [
    ['Format and lint', judge('@biomejs/biome', 'bin/biome', ['check', '--error-on-warnings', '.'])],
    ['Types', judge('typescript', 'bin/tsc', ['-p', 'tsconfig.json', '--noEmit'])],
    [
      'Layers',
      judge('dependency-cruiser', 'bin/dependency-cruiser.mjs', [
        '--config',
        '.dependency-cruiser.cjs',
        'contract',
        'preload',
        'main',
        'renderer',
      ]),
    ],
    ['Layer rules bite', vitest('layers', [])],
    ['Dead code', judge('knip', 'bin/knip.js', [])],
  ];
  const built = ['Build', buildStage];
  const unit = ['Unit tests', vitest('unit', filter)];
  const integration = ['Integration tests', vitest('integration', filter)];
  const e2e = ['End-to-end tests', playwright('e2e', filter)];
  const packaged = ['Package', playwright('package', filter)];
  switch (area) {
    case undefined:
      return [...lint, built, unit, integration, e2e, packaged];
    case 'lint':
      return lint;
    case 'unit':
      return [unit];
    case 'integration':
      return [integration];
    case 'e2e':
      return [built, e2e];
    case 'package':
      return [built, packaged];
    default:
      return undefined;
  }
}

async function test([area, ...filter]) {
  const chosen = stages(area, filter);
  if (!chosen) {
    console.error(`npm test knows unit, integration, e2e, package and lint, not "${area}".`);
    return 2;
  }
  const startedAt = performance.now();
  if (area === 'lint') await dependencies(report);
  else await environment('test', report);
  report.end();

  const summary = [];
  for (const [name, stage] of chosen) {
    console.log(`\n━━ ${name}`);
    const stageStartedAt = performance.now();
    const counts = await stage();
    for (const key of Object.keys(total)) total[key] += counts[key];
    const line = `${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${duration(performance.now() - stageStartedAt)})`;
    console.log(`━━ ${line}`);
    summary.push(line);
  }

  console.log(`\n${summary.join('\n')}\nAll of it: ${duration(performance.now() - startedAt)}`);
  listSkipped(report);
  total.skipped += report.skipped.length;
  const intolerable = Boolean(process.env.CI) && total.skipped > 0;
  if (intolerable) console.log('With CI set, everything must run: what was skipped makes this run fail.');
  return total.failed > 0 || intolerable ? 1 : 0;
}

try {
  process.exitCode = await test(process.argv.slice(2));
} catch (error) {
  console.log(tail(error instanceof Error ? (error.stack ?? error.message) : String(error), 60));
  total.failed += 1;
  process.exitCode = 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}
if (process.exitCode !== 2) console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
