/** Room for a number of jobs under way at once, shared by all who fetch for one server. */
export interface Slots {
  /** Takes one; false when none is free. */
  take(): boolean;
  give(): void;
  /** Resolves when one is free, which another may take first, or when `signal` aborts. */
  free(signal: AbortSignal): Promise<void>;
}

export function createSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let left = count;

  return {
    take() {
      if (left <= 0) return false;
      left -= 1;
      return true;
    },
    give() {
      left += 1;
      for (const look of waiting) look();
    },
    free(signal) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (left <= 0 && !signal.aborted) return;
          waiting.delete(look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        waiting.add(look);
        signal.addEventListener('abort', look);
        look();
      });
    },
  };
}
