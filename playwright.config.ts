import { defineConfig } from '@playwright/test';

export default defineConfig({
  outputDir: 'test-results',
  // Each test opens a real Electron; more at a time only slow each other down on a small machine.
  workers: 1,
  // As for the integration tests; what passed only then is named in the summary.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  projects: [
    { name: 'e2e', testDir: 'test/e2e', testMatch: '**/*.test.ts' },
    { name: 'package', testDir: 'test/package', testMatch: '**/*.test.ts', timeout: 300_000 },
  ],
});
