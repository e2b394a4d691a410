import type { Queue } from '@telos/core';
import { showAddress } from './address.ts';
import type { Address } from './address.ts';
import { createBullQueue } from './bull-queue.ts';
import { createPostgresBackend, isPostgresAnswer } from './postgres/postgres-backend.ts';
import { createReach } from './reach.ts';
import { createRedisBackend } from './redis/redis-backend.ts';
import { isRedisAnswer } from './redis/redis-client.ts';

export type QueueOptions = {
  readonly address: Address;
  /** Told when the queue cannot be reached, and when it is back. */
  readonly report?: (message: string) => void;
};

/** A queue on Redis or PostgreSQL. Connects when it is first used, and again by itself. */
export function openQueue({ address, report = () => undefined }: QueueOptions): Queue {
  const isPostgres = address.kind === 'postgres';
  const backend = isPostgres ? createPostgresBackend(address) : createRedisBackend(address);
  const isAnswer = isPostgres ? isPostgresAnswer : isRedisAnswer;
  const reach = createReach({ shown: showAddress(address), probe: () => backend.probe(), isAnswer, report });
  return createBullQueue(backend, reach);
}
