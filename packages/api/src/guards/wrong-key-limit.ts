import type { Instant } from '@telos/core';

const windowMs = 60_000;
const allowed = 20;
const remembered = 10_000;

/**
 * Slows down guessing of keys: of an address that gave 20 wrong ones within a minute no further wrong one is answered as
 * such for the rest of it. A right key is never held up by the wrong ones of others: behind one address may stand a
 * proxy, and everybody behind that. What keeps keys from being guessed is their length.
 */
export function wrongKeyLimit() {
  const windows = new Map<string, { readonly from: Instant; count: number }>();
  const current = (address: string, now: Instant) => {
    const window = windows.get(address);
    // A clock that was set back ends the window: it would stand for as long as that was.
    return window !== undefined && now >= window.from && now - window.from < windowMs ? window : undefined;
  };
  return {
    /** Counts one more; gives the seconds to wait when there were enough, else undefined. */
    wrong(address: string, now: Instant): number | undefined {
      const window = current(address, now);
      if (window !== undefined && window.count >= allowed) return Math.ceil((window.from + windowMs - now) / 1000);
      if (window !== undefined) {
        window.count += 1;
        return undefined;
      }
      if (windows.size >= remembered) windows.clear();
      windows.set(address, { from: now, count: 1 });
      return undefined;
    },
  };
}
