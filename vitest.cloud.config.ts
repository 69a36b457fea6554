import { defineConfig } from 'vitest/config';

/** The real CDK command against an emulated account: minutes, and one step after the other. */
export default defineConfig({
  test: {
    include: ['test/cloud/**/*.cloud.ts'],
    fileParallelism: false,
    bail: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
