import { TelosError } from '@telos/core';
import type { NewRun, RunEvent, RunId, Store } from '@telos/core';

/** Told of what this process has stored, once it is. Must not throw. */
export type JournalWatcher = {
  readonly created?: (run: NewRun) => void;
  readonly appended: (run: RunId, event: RunEvent) => void;
  /** The run went on without this process. */
  readonly lost?: (run: RunId) => void;
};

/** The same store, watched. */
export function watchJournal(store: Store, { created, appended, lost }: JournalWatcher): Store {
  const { journal } = store;
  const create: typeof journal.create = async (run) => {
    const answer = await journal.create(run);
    if (!answer.existing) created?.(run);
    return answer;
  };
  return {
    ...store,
    journal: {
      ...journal,
      ...(created === undefined ? {} : { create }),
      append(lease, after, events, settles) {
        const stored = journal.append(lease, after, events, settles);
        // Taken down now: the caller may change the list afterwards.
        const added = [...events];
        stored.then(
          () => {
            for (const event of added) appended(lease.run, event);
          },
          (error: unknown) => {
            if (error instanceof TelosError && error.code === 'STALE_OWNER') lost?.(lease.run);
          },
        );
        return stored;
      },
    },
  };
}
