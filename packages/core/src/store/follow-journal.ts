import type { RunId, Sequence } from '../ids.ts';
import { isTerminal } from '../run/is-terminal.ts';
import type { Recorded } from '../run/events.ts';
import type { ChangeBell } from './change-bell.ts';

/** The next events, and whether the run had ended before they were read. */
export type JournalLook = { readonly page: readonly Recorded[]; readonly finished: boolean };

/**
 * The events after `after`, then those to come. Pages are read when the reader
 * asks for them, so a slow reader holds at most one page. The bell is listened
 * to before the first read: what arrives in between rings, and is not missed.
 */
export async function* followJournal(
  bell: ChangeBell,
  look: (after: Sequence) => JournalLook | Promise<JournalLook>,
  run: RunId,
  after: Sequence,
  signal: AbortSignal,
): AsyncGenerator<Recorded> {
  let changed = Promise.withResolvers<void>();
  const ring = () => changed.resolve();
  const stop = bell.onRun(run, ring);
  signal.addEventListener('abort', ring);
  try {
    for (let last = after; ;) {
      if (signal.aborted) return;
      changed = Promise.withResolvers();
      const { page, finished } = await look(last);
      for (const recorded of page) {
        if (signal.aborted) return;
        yield recorded;
        if (isTerminal(recorded.event)) return;
        last = recorded.seq;
      }
      if (page.length > 0) continue;
      if (finished) return;
      await changed.promise;
    }
  } finally {
    stop();
    signal.removeEventListener('abort', ring);
  }
}
