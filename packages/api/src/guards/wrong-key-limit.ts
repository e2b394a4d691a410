import type { Instant } from '@telos/core';

const windowMs = 60_000;
const allowed = 20;
const remembered = 10_000;

/** Slows down guessing of keys: an address that gave 20 wrong ones within a minute waits for the rest of it. */
export function wrongKeyLimit() {
  const windows = new Map<string, { readonly from: Instant; count: number }>();
  const current = (address: string, now: Instant) => {
    const window = windows.get(address);
    // A clock that was set back ends the window: it would stand for as long as that was.
    return window !== undefined && now >= window.from && now - window.from < windowMs ? window : undefined;
  };
  return {
    /** Seconds to wait, or undefined when the address may try. */
    wait(address: string, now: Instant): number | undefined {
      const window = current(address, now);
      if (window === undefined || window.count < allowed) return undefined;
      return Math.ceil((window.from + windowMs - now) / 1000);
    },
    wrong(address: string, now: Instant): void {
      const window = current(address, now);
      if (window !== undefined) {
        window.count += 1;
        return;
      }
      if (windows.size >= remembered) windows.clear();
      windows.set(address, { from: now, count: 1 });
    },
  };
}
