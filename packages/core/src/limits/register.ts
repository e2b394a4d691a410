import type { Instant } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';

/** Small texts by key, which processes may share. One that nobody has changed for two minutes may be lost. */
export interface Register {
  /**
   * Replaces the text under `key` by what `act` makes of it, with nobody in between.
   * @param act Pure: where another process came first it is called again. `now` is the register's own time.
   */
  update<T>(key: string, act: Update<T>): Promise<T>;
}

export type Update<T> = (text: string | undefined, now: Instant) => { readonly text: string; readonly result: T };

/** Texts beyond this many are looked through for those that may be lost. */
const manyTexts = 1000;
const keptMs = 120_000;

/** A register of this process alone. */
export function createMemoryRegister(clock: Pick<Clock, 'now'>): Register {
  const texts = new Map<string, { readonly text: string; readonly at: Instant }>();
  return {
    async update(key, act) {
      const now = clock.now();
      const { text, result } = act(texts.get(key)?.text, now);
      texts.set(key, { text, at: now });
      if (texts.size > manyTexts) for (const [other, { at }] of texts) if (at < now - keptMs) texts.delete(other);
      return result;
    },
  };
}
