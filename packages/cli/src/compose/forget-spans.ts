import type { Clock, Store } from '@telos/core';

const keptMs = 30 * 24 * 3_600_000;
const lookMs = 3_600_000;
const atOnce = 1_000;

/** Removes spans of other services that came a month ago, now and then. */
export function startForgettingSpans(deps: {
  readonly store: Pick<Store, 'spans'>;
  readonly clock: Clock;
  readonly tell: (message: string) => void;
}): { stop(): Promise<void> } {
  const { store, clock, tell } = deps;
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      let removed = 0;
      try {
        removed = await store.spans.removeBefore(clock.now() - keptMs, atOnce);
      } catch (error) {
        tell(`Old spans cannot be removed: ${error instanceof Error ? error.message : String(error)}`);
      }
      await clock.sleep(removed === atOnce ? 1_000 : lookMs, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
