import { defineConfig } from 'vitest/config';

/** The real CDK command against an emulated account: minutes, and one step after the other. */
export default defineConfig({
  test: {
    include: ['test/cloud/**/*.cloud.ts'],
    fileParallelism: false,
    bail: 1,
    // Longer than any wait inside, so that the wait tells what did not come.
    testTimeout: 300_000,
    // Installing the emulator takes as long as the network does.
    hookTimeout: 600_000,
  },
});
