/**
 * Journals that were begun here and that nobody has read. Whoever takes up a new
 * run reads what this process has just written: that need not be looked for in
 * the file, nor checked, which costs three times as much as reading it.
 */
import { dropOldest } from '@telos/core';
import type { Recorded, RunEvent, RunId } from '@telos/core';

export interface NewJournals {
  /** Keeps the text of a run's first row. */
  keep(run: RunId, text: string): void;
  /** The events of that row, once; undefined when it is not kept. It may not be the only one any more. */
  take(run: RunId): readonly Recorded[] | undefined;
}

/** Kept at most; the oldest make room. */
const capacity = 1000;

export function newJournals(): NewJournals {
  const texts = new Map<RunId, string>();
  return {
    keep(run, text) {
      texts.set(run, text);
      dropOldest(texts, capacity);
    },
    take(run) {
      const text = texts.get(run);
      if (text === undefined) return undefined;
      texts.delete(run);
      // Safe: the text was made of events by the journal that keeps it.
      const events = JSON.parse(text) as readonly RunEvent[];
      return events.map((event, index) => ({ run, seq: index + 1, event }));
    },
  };
}
