import { Queue, Worker } from 'bullmq';
import type { QueueOptions } from 'bullmq';
import type { RedisAddress } from '../address.ts';
import type { Backend } from '../backend.ts';
import { keptBrief, workerTimes } from '../bull-options.ts';
import { createFetcher } from '../fetcher.ts';
import { placeInRedis } from './place-arrivals.ts';
import { connected, createRedisClient } from './redis-client.ts';
import { createSubscriber } from './subscriber.ts';

export function createRedisBackend(address: RedisAddress): Backend {
  const client = createRedisClient(address);
  const subscriber = createSubscriber(createRedisClient(address));
  const channel = `${address.prefix}:cancel`;
  const queues = new Map<string, Queue>();

  /** All keys of one queue are in one slot of a cluster: the braces say which part of a key decides. */
  function options(name: string): QueueOptions {
    // The check of the version would print warnings; doctor looks at the server.
    return {
      connection: client,
      prefix: `${address.prefix}:{${bullNameOf(name)}}`,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    };
  }

  return {
    async probe() {
      await connected(client);
      await client.ping();
    },
    async queue(name) {
      const made = queues.get(name);
      if (made !== undefined) return made;
      await connected(client);
      const queue = new Queue(bullNameOf(name), { ...options(name), ...keptBrief });
      queue.on('error', () => undefined);
      queues.set(name, queue);
      return queue;
    },
    async fetcher(name) {
      await connected(client);
      const worker = new Worker(bullNameOf(name), null, { ...options(name), ...workerTimes });
      // Closes the connection that waits; the others are ours.
      return createFetcher(worker, () => worker.close(true));
    },
    place: (queue, arrivals) => placeInRedis(client, queue, arrivals),
    async announce(message) {
      await connected(client);
      await client.publish(channel, message);
    },
    listen: (listener) => void subscriber.listen(channel, listener),
    async facts() {
      const info = await client.info();
      const said = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
      const valkey = said('valkey_version');
      const policy = said('maxmemory_policy') ?? 'noeviction';
      const worry = `It may drop what it holds when its memory is full (maxmemory-policy ${policy}); set noeviction.`;
      return {
        server: valkey === undefined ? `Redis ${said('redis_version') ?? 'of unknown version'}` : `Valkey ${valkey}`,
        worries: policy === 'noeviction' ? [] : [worry],
      };
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(() => undefined)));
      subscriber.close();
      client.disconnect();
    },
  };
}

/** BullMQ forbids colons in the names of queues, and braces would decide the slot. */
export function bullNameOf(name: string): string {
  return name.replaceAll(/[%:{}]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}
