// npm start: sets up what running needs, builds, and opens the app.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { build } from './build.mjs';
import { checkout } from './environment/paths.mjs';
import { createReport } from './environment/report.mjs';
import { environment } from './environment.mjs';
import { forwardSignals } from './forwardSignals.mjs';

const COMMAND_LINE = 'The command line needs none: npm run -s cli -- --help';

async function start() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    console.error(
      `There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so no window can be opened.\n${COMMAND_LINE}`,
    );
    return 1;
  }
  const report = createReport();
  await environment('run', report);
  await build(report);
  report.end();

  const args = [checkout, ...process.argv.slice(2)];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log(
      "Running as root, where Chromium's sandbox cannot work: started with --no-sandbox. Better: run as another user.",
    );
    args.unshift('--no-sandbox');
  }
  return open(createRequire(import.meta.url)('electron'), args);
}

function open(executable, args) {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const child = spawn(executable, args, { cwd: checkout, env, stdio: ['inherit', 'inherit', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    process.stderr.write(chunk);
    complaint = `${complaint}${chunk}`.slice(-4096);
  });
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const library = /while loading shared libraries: (\S+?):/.exec(complaint)?.[1];
      if (library) {
        console.error(
          `Electron needs ${library}, which is not installed. On Debian and Ubuntu:\n` +
            '  sudo apt-get install libgtk-3-0 libnss3 libasound2 libgbm1 libxss1 libnotify4 libsecret-1-0 libxtst6\n' +
            COMMAND_LINE,
        );
      }
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

try {
  process.exitCode = await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
