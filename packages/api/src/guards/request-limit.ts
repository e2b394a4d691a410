import type { Instant } from '@telos/core';

const windowMs = 60_000;
const remembered = 10_000;

/** Counts what one key asks for in a minute. */
export function requestLimit(perMinute: number) {
  const windows = new Map<string, { readonly from: Instant; count: number }>();
  return {
    /** Counts one more; gives the seconds to wait when there were enough in this minute, else undefined. */
    take(key: string, now: Instant): number | undefined {
      const window = windows.get(key);
      if (window === undefined || now - window.from >= windowMs || now < window.from) {
        if (windows.size >= remembered) windows.clear();
        windows.set(key, { from: now, count: 1 });
        return undefined;
      }
      if (window.count >= perMinute) return Math.ceil((window.from + windowMs - now) / 1000);
      window.count += 1;
      return undefined;
    },
  };
}
