import { pathToFileURL } from 'node:url';
import { dependencies } from './environment/dependencies.mjs';
import { desktopPackages } from './environment/desktop.mjs';
import { docker } from './environment/docker.mjs';
import { electron } from './environment/electron.mjs';
import { createReport } from './environment/report.mjs';
import { servers } from './environment/servers.mjs';

/**
 * @param {'run' | 'test'} purpose
 * @param {import('./environment/report.mjs').Report} report
 */
export async function environment(purpose, report) {
  await dependencies(report);
  await electron(report);
  if (purpose === 'test') {
    await desktopPackages(report);
    await servers(report);
    await docker(report);
  }
  report.end();
}

/** @param {import('./environment/report.mjs').Report} report */
export function listSkipped(report) {
  if (report.skipped.length === 0) return;
  console.log('\nNot available on this machine:');
  for (const { name, why, howToGet } of report.skipped) console.log(`- ${name}: ${why}. To have it: ${howToGet}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const report = createReport();
  try {
    await environment(process.argv[2] === 'run' ? 'run' : 'test', report);
    listSkipped(report);
    if (process.env.CI && report.skipped.length > 0) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
