import type { Clock, Limiter } from '@telos/core';
import { createFakeClock } from '../fake-clock.ts';
import { describeSuite } from '../suite.ts';
import type { SuiteOptions } from '../suite.ts';
import { sharedTests } from './shared-limiter.ts';
import { takeTests } from './take.ts';
import { turnTests } from './turns.ts';
import type { OpenLimiters } from './limiter-test.ts';

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
