import type { Address } from './address.ts';
import { createPostgresTransport } from './live/postgres-transport.ts';
import { createRedisTransport } from './live/redis-transport.ts';
import { createSharedLive } from './live/shared-live.ts';
import type { SharedLive } from './live/shared-live.ts';

/** Streams of running steps that cross processes. Connects when it is first used, and again by itself. */
export function openLive(address: Address): SharedLive {
  return createSharedLive(
    address.kind === 'postgres' ? createPostgresTransport(address) : createRedisTransport(address),
  );
}
