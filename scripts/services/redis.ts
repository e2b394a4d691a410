import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { findRedis, startRedis } from '@telos/testkit/servers/redis';
import { ensureInstalled } from './provide.ts';

/** A Redis for the tests: the one that TELOS_TEST_REDIS_URL names, else a private one. @throws Unavailable */
export async function provideRedis(given: string | undefined): Promise<PrivateServer> {
  if (given !== undefined) return { url: given, stop: async () => {} };
  ensureInstalled({
    name: 'Redis',
    setting: 'TELOS_TEST_REDIS_URL',
    example: 'redis://127.0.0.1:6379',
    packages: ['redis-server'],
    present: () => findRedis() !== undefined,
  });
  return startRedis();
}
