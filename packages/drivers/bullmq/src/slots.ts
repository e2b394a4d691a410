/** Room for a number of jobs under way at once, shared by all who fetch for one server. */
export interface Slots {
  /** Takes one; false when none is free. */
  take(): boolean;
  give(): void;
  /** Resolves when one is free, which another may take first, or when `signal` aborts. */
  free(signal: AbortSignal): Promise<void>;
}

export function createSlots(count: number): Slots {
  let left = count;
  let change = Promise.withResolvers<void>();

  function wake(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  return {
    take() {
      if (left <= 0) return false;
      left -= 1;
      return true;
    },
    give() {
      left += 1;
      wake();
    },
    async free(signal) {
      if (left > 0 || signal.aborted) return;
      signal.addEventListener('abort', wake);
      while (left <= 0 && !signal.aborted) await change.promise;
      signal.removeEventListener('abort', wake);
    },
  };
}
