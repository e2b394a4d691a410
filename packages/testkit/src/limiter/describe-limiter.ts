import type { Clock, Limiter } from '@telos/core';
import { createFakeClock } from '../fake-clock.ts';
import type { FakeClock } from '../fake-clock.ts';
import { describeSuite } from '../suite.ts';
import type { SuiteOptions, SuiteTest } from '../suite.ts';
import { sharedTests } from './shared-limiter.ts';
import { takeTests } from './take.ts';
import { turnTests } from './turns.ts';

export type OpenLimiters = {
  readonly clock: FakeClock;
  readonly limiter: Limiter;
  /** Another process's view of the same limits; for a driver that knows one process only, the same. */
  readonly other: Limiter;
};

export type LimiterTest = SuiteTest<OpenLimiters>;

/**
 * The promises of `Limiter`, one test each.
 *
 * @param create Gives two limiters that share their limits, and go by this clock. What they share may be used
 * by others: the suite uses keys of its own.
 */
export function describeLimiter(
  name: string,
  create: (clock: Clock) => Promise<readonly [Limiter, Limiter]>,
  options?: SuiteOptions,
): void {
  describeSuite<OpenLimiters>(
    `the limiter ${name}`,
    {
      async open() {
        const clock = createFakeClock();
        const [limiter, other] = await create(clock);
        return { clock, limiter, other };
      },
      async dispose({ limiter, other }) {
        await Promise.all([limiter.close(), other.close()]);
      },
    },
    { 'taking amounts': takeTests, 'taking turns': turnTests, 'sharing limits': sharedTests },
    options,
  );
}
