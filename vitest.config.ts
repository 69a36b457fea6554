import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // By default one core stays idle, which on the two cores of CI is half of them.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['cli/**', 'core/**', 'lambdas/**', 'lib/**', 'local/**'],
      reporter: ['text-summary'],
    },
  },
});
