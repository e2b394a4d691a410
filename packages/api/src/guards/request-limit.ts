/**
 * How often one may ask, counted by all servers of a store together.
 *
 * A server asks the store for a part of what a minute allows, a sixtieth, and spends it by itself: so a request seldom
 * waits for the store, and no more is ever allowed than the minute does. What a server has not spent when the minute is
 * over is lost. Whoever is refused is refused here until the minute is over, without the store.
 */
import type { Instant, Rates } from '@telos/core';

const windowMs = 60_000;
const parts = 60;
const remembered = 10_000;

type Allowance = { left: number; /** The minute has no more. */ readonly isLast: boolean; readonly until: Instant };

export function requestLimit(perMinute: number, rates: Pick<Rates, 'add'>, report?: (error: unknown) => void) {
  const part = Math.max(1, Math.floor(perMinute / parts));
  const allowances = new Map<string, Allowance>();
  const asking = new Map<string, Promise<void>>();

  const isOver = ({ until }: Allowance, now: Instant): boolean => now >= until || until - now > windowMs;

  const ask = (key: string, now: Instant): Promise<void> => {
    let asked = asking.get(key);
    if (asked === undefined) {
      asked = (async () => {
        const { since, used } = await rates.add(key, part, now, windowMs).catch((error: unknown) => {
          // Without the store a server does nothing that is worth a limit.
          report?.(error);
          return { since: now, used: part };
        });
        const left = Math.max(0, Math.min(part, perMinute - (used - part)));
        if (allowances.size >= remembered) allowances.clear();
        // A clock that is behind that of another server waits no longer than the minute.
        allowances.set(key, { left, isLast: left < part, until: Math.min(since, now) + windowMs });
      })().finally(() => asking.delete(key));
      asking.set(key, asked);
    }
    return asked;
  };

  return {
    /** Counts one more; gives the seconds to wait when there were enough in this minute, else undefined. */
    async take(key: string, now: Instant): Promise<number | undefined> {
      for (;;) {
        const allowance = allowances.get(key);
        if (allowance !== undefined && !isOver(allowance, now)) {
          if (allowance.left > 0) {
            allowance.left -= 1;
            return undefined;
          }
          if (allowance.isLast) return Math.ceil((allowance.until - now) / 1000);
        }
        await ask(key, now);
      }
    },
  };
}
