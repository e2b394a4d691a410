import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest hands these to Node too, where `import` or `module` would give ES modules to `require`.
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    exclude: [...configDefaults.exclude, '**/dist/**'],
    projects: [
      {
        extends: true,
        test: { name: 'telos', include: ['packages/**/src/**/*.test.ts', 'tests/**/*.test.ts'] },
      },
      {
        // The engine once more, on the store that many machines share.
        extends: true,
        test: {
          name: 'on PostgreSQL',
          include: ['tests/engine/**/*.test.ts'],
          env: { TELOS_TEST_STORE: 'postgres' },
          globalSetup: 'packages/testkit/src/servers/provide-postgres.ts',
          // Hours of a test's time are thousands of statements.
          testTimeout: 60_000,
        },
      },
    ],
  },
});
