import type { Instant } from '../ids.ts';

/** Time as the engine sees it; tests hold it still. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts; never rejects. Holds no process open. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
