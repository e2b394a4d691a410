/**
 * Limits that processes share.
 *
 * While the server is away, limits are those of each process alone. A provider that is
 * asked for more than it allows says so, and its refusals are retried; a run that waits
 * for a server to come back is not served by anybody.
 */
import { randomUUID } from 'node:crypto';
import { createLimiter, createMemoryRegister } from '@telos/core';
import type { Clock, Limiter, Register } from '@telos/core';
import { showAddress } from './address.ts';
import type { Address } from './address.ts';
import { createPostgresCells } from './limits/postgres-cells.ts';
import { createRedisCells } from './limits/redis-cells.ts';
import { createSharedRegister } from './limits/shared-register.ts';
import { createReach } from './reach.ts';

export type LimiterOptions = {
  readonly address: Address;
  readonly clock: Clock;
  /** Whether the clock tells the time of the limits too, instead of the server's: for tests. */
  readonly ownTime?: boolean;
};

/** Connects when it is first used, and again by itself. */
export function openLimiter({ address, clock, ownTime = false }: LimiterOptions): Limiter {
  const cells = address.kind === 'postgres' ? createPostgresCells(address) : createRedisCells(address);
  const reach = createReach({
    shown: showAddress(address),
    probe: () => cells.probe(),
    isAnswer: () => false,
    // The queue is at the same place, and tells.
    report: () => undefined,
  });
  const shared = createSharedRegister(cells, ownTime ? () => clock.now() : undefined);
  const alone = createMemoryRegister(clock);
  const register: Register = {
    update: (key, act) => reach.attempt(() => shared.update(key, act)).catch(() => alone.update(key, act)),
  };
  const limiter = createLimiter({ clock, register, place: randomUUID() });
  let closed: Promise<void> | undefined;
  return {
    ...limiter,
    close() {
      closed ??= (async () => {
        await limiter.close();
        reach.close();
        await cells.close();
      })();
      return closed;
    },
  };
}
