/** Servers for chaos alone: they are restarted as it likes, so nobody else may be on them. */
import { startPostgres } from '@telos/testkit/servers/postgres';
import { startRedis } from '@telos/testkit/servers/redis';
import type { Targets } from './blows.ts';

export type OwnTargets = Targets & { stop(): Promise<void> };

/** A PostgreSQL and a Redis of its own. */
export async function startTargets(): Promise<OwnTargets> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  return {
    store: postgres.url,
    queue: redis.url,
    servers: { postgres, redis },
    stop: async () => void (await Promise.all([postgres.stop(), redis.stop()])),
  };
}
