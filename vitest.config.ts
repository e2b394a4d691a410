import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest hands these to Node too, where `import` or `module` would give ES modules to `require`.
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
