import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // By default one core stays idle, which on the two cores of CI is half of them.
    maxWorkers: 2,
    // Only for what hangs. The longest tests are whole deliveries, each command in a process of its own: twelve seconds on
    // an idle machine, and a busy one may be many times slower.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    coverage: {
      provider: 'v8',
      include: ['cli/**', 'core/**', 'lambdas/**', 'lib/**', 'local/**'],
      reporter: ['text-summary'],
    },
  },
});
