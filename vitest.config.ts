import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          environment: 'node',
          // Property tests on a busy machine; a test that hangs is still found.
          testTimeout: 60_000,
          retry: 0,
        },
      },
      {
        test: {
          name: 'layers',
          include: ['test/layers/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          retry: 0,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          // Each file starts servers of its own; more at a time only makes them time out on a small machine.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Real servers on a machine that may be busy: a second try where nobody watches, none while one works on it.
          retry: process.env.CI ? 1 : 0,
        },
      },
    ],
  },
});
