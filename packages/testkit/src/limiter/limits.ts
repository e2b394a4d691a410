import { setImmediate as turn } from 'node:timers/promises';
import type { Grant, Limit, Limiter, Turn } from '@telos/core';
import { aRunId } from '../builders/runs.ts';
import type { FakeClock } from '../fake-clock.ts';

/** A limit that no other test uses. */
export function aLimit(perMinute: number): Limit {
  return { key: `model:scripted/${aRunId()}:requests`, perMinute };
}

export const minute = 60_000;
/** Within this time after a minute, what was granted at its start counts no longer. */
export const slack = 2000;

/** Takes, and notes when it was granted. */
export function taking(
  { clock, limiter }: { readonly clock: FakeClock; readonly limiter: Limiter },
  limit: Limit,
  amount: number,
  options: Turn & { readonly signal?: AbortSignal } = {},
) {
  const began = clock.now();
  const taken: { grant?: Grant; afterMs?: number; readonly done: Promise<Grant> } = {
    done: limiter.take(limit, amount, options).then((grant) => {
      taken.grant = grant;
      taken.afterMs = clock.now() - began;
      return grant;
    }),
  };
  taken.done.catch(() => undefined);
  return taken;
}

/**
 * Lets time pass in small steps. After each, waits until all who wait sleep again, or until it is so:
 * between, a limiter asks what it shares with others, in real time.
 *
 * @param sleepers How many limiters have somebody who waits.
 */
export async function pass(
  clock: FakeClock,
  ms: number,
  until: () => boolean = () => false,
  sleepers = 1,
): Promise<void> {
  for (let passed = 0; passed < ms && !until(); passed += 250) {
    await settle(clock, until, sleepers);
    await clock.advance(250);
  }
  await settle(clock, until, sleepers);
}

async function settle(clock: FakeClock, until: () => boolean, sleepers: number): Promise<void> {
  while (clock.pending() < sleepers && !until()) await turn();
}
