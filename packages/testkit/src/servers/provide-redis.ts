/** Vitest's global setup of the tests that need Redis: the one that the environment names, else a private one. */
import { startRedis } from './redis.ts';

export default async function provideRedis(): Promise<() => Promise<void>> {
  if ((process.env['TELOS_TEST_REDIS_URL'] ?? '') !== '') return async () => {};
  const server = await startRedis();
  process.env['TELOS_TEST_REDIS_URL'] = server.url;
  return () => server.stop();
}
