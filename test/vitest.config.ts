import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/aws/**'],
    // For what hangs. On two busy cores a test takes several times as long as usual.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['functions/**', 'infra/**', 'shared/**'] },
  },
});
