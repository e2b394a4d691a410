import type { RedisAddress } from '../address.ts';
import { connected, createRedisClient } from '../redis/redis-client.ts';
import { createSubscriber } from '../redis/subscriber.ts';
import type { LiveTransport } from './shared-live.ts';

/** Pub/sub of Redis: one channel for each run. */
export function createRedisTransport(address: RedisAddress): LiveTransport {
  const client = createRedisClient(address);
  const subscriber = createSubscriber(createRedisClient(address));
  const channelOf = (run: string): string => `${address.prefix}:live:${run}`;
  return {
    messageBytes: 64 * 1024,
    collectMs: 10,
    isReady() {
      if (client.status === 'wait') connected(client).catch(() => undefined);
      return client.status === 'ready';
    },
    async send(run, message) {
      await client.publish(channelOf(run), message);
    },
    listen: (run, heard) => subscriber.listen(channelOf(run), heard),
    async close() {
      subscriber.close();
      client.disconnect();
    },
  };
}
