import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/aws/**/*.test.ts'],
    globalSetup: ['test/aws/servers.ts'],
    // Two servers are shared by all files.
    fileParallelism: false,
    // For what hangs. The work is bounded by counts.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
