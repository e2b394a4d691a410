import type { Limiter } from '@telos/core';
import type { FakeClock } from '../fake-clock.ts';
import type { SuiteTest } from '../suite.ts';

export type OpenLimiters = {
  readonly clock: FakeClock;
  readonly limiter: Limiter;
  /** Another process's view of the same limits; for a driver that knows one process only, the same. */
  readonly other: Limiter;
};

export type LimiterTest = SuiteTest<OpenLimiters>;
