import type { Clock } from '@telos/core';

/**
 * Remembers what `load` gave for `forMs` by the clock. Callers that come while
 * it loads share the one load. A rejection is not remembered.
 */
export function remember<T>(clock: Clock, forMs: number, load: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; until: number } | undefined;
  return () => {
    if (kept !== undefined && clock.now() < kept.until) return kept.value;
    const value = load();
    const entry = { value, until: Infinity };
    kept = entry;
    value.then(
      () => (entry.until = clock.now() + forMs),
      () => (entry.until = -Infinity),
    );
    return value;
  };
}
