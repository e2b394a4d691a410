import { configDefaults, defineConfig } from 'vitest/config';
import type { TestProjectConfiguration } from 'vitest/config';

export default defineConfig({
  // Vitest hands these to Node too, where `import` or `module` would give ES modules to `require`.
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    // What is waited for comes in milliseconds; on a busy machine it may take as long as a test may.
    expect: { poll: { timeout: 15_000 } },
    exclude: [...configDefaults.exclude, '**/dist/**'],
    projects: [
      {
        extends: true,
        test: { name: 'telos', include: ['packages/**/src/**/*.test.ts', 'tests/**/*.test.ts'] },
      },
      // The engine twice more, as many machines share it.
      onPostgres('redis', ['provide-postgres', 'provide-redis']),
      onPostgres('postgres', ['provide-postgres']),
    ],
  },
});

/** The tests of the engine on PostgreSQL, with a queue that processes share. */
function onPostgres(queue: 'redis' | 'postgres', servers: readonly string[]): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name: `on PostgreSQL, queue in ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}`,
      include: ['tests/engine/**/*.test.ts'],
      env: { TELOS_TEST_STORE: 'postgres', TELOS_TEST_QUEUE: queue },
      globalSetup: servers.map((name) => `packages/testkit/src/servers/${name}.ts`),
      // Hours of a test's time are thousands of statements, and a busy machine takes long for them.
      testTimeout: 180_000,
    },
  };
}
