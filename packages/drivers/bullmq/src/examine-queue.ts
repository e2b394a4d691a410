import { randomUUID } from 'node:crypto';
import { TelosError } from '@telos/core';
import { showAddress } from './address.ts';
import type { Address } from './address.ts';
import type { Backend } from './backend.ts';
import { createPostgresBackend } from './postgres/postgres-backend.ts';
import { messageOf, within } from './reach.ts';
import { createRedisBackend } from './redis/redis-backend.ts';

export type QueueFacts = {
  /** Where, without who and how. */
  readonly shown: string;
  /** Like `Redis 7.2.4`. */
  readonly server: string;
  /** What one request takes. */
  readonly requestMs: number;
  /** What will not go well there; in sentences. */
  readonly worries: readonly string[];
};

const patienceMs = 3000;

/** Looks at the server of a queue and leaves nothing behind. @throws TelosError QUEUE_UNAVAILABLE */
export async function examineQueue(address: Address): Promise<QueueFacts> {
  const backend = address.kind === 'postgres' ? createPostgresBackend(address) : createRedisBackend(address);
  try {
    await within(backend.probe(), patienceMs);
    const began = performance.now();
    await within(backend.probe(), patienceMs);
    const requestMs = performance.now() - began;
    const { server, worries } = await within(backend.facts(), patienceMs);
    const isHeard = await hearsItself(backend);
    const deaf =
      'What one process announces does not reach the others: a pooler or proxy in between does not pass it on.';
    return { shown: showAddress(address), server, requestMs, worries: isHeard ? worries : [...worries, deaf] };
  } catch (error) {
    const why = messageOf(error);
    throw new TelosError('QUEUE_UNAVAILABLE', `The queue at ${showAddress(address)} cannot be reached (${why}).`, {
      cause: new Error(why),
    });
  } finally {
    await backend.close();
  }
}

/** Announces something that means nothing, until it comes back. */
async function hearsItself(backend: Backend): Promise<boolean> {
  const message = JSON.stringify([`nothing:${randomUUID()}`]);
  const heard = new Promise<boolean>((resolve) => {
    backend.listen((what) => what === message && resolve(true));
  });
  for (let tries = 0; tries < 20; tries += 1) {
    await within(backend.announce(message), patienceMs);
    const later = new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), 25 + tries * 5));
    if (await Promise.race([heard, later])) return true;
  }
  return false;
}
