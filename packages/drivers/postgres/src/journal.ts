import { isTerminal, summaryChange, TelosError, waitingChange } from '@telos/core';
import type { Clock, Journal, RunId, Sequence } from '@telos/core';
import { earlierRun, endsRun, followJournal, journalPageRows, recordedOf, storedRow } from '@telos/core/store';
import type { ChangeBell, JournalLook } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './commit/group-commit.ts';
import type { Database } from './database.ts';

const IdempotencyRow = z.object({ body: z.string(), run: z.string() });
const LookRow = z.object({ finished: z.boolean(), last: z.int().nullable() });

/** Before the server is asked again that has just been away. */
const pauseMs = 1000;

export function postgresJournal(
  database: Database,
  schema: string,
  commits: GroupCommit,
  bell: ChangeBell,
  clock: Pick<Clock, 'sleep'>,
): Journal {
  async function look(run: RunId, after: Sequence): Promise<JournalLook> {
    const rows = await database.query({
      name: `telos_look_1`,
      text: `
        SELECT h.finished, page.last, page.events FROM ${schema}.heads h
        LEFT JOIN LATERAL (
          SELECT last, events FROM ${schema}.journal WHERE run = h.run AND last > $2 ORDER BY last LIMIT ${journalPageRows}
        ) AS page ON true
        WHERE h.id = $1 ORDER BY page.last`,
      values: [run, after],
    });
    const [first] = rows;
    if (first === undefined) return { finished: false, page: [] };
    const { finished, last } = storedRow(LookRow, first, `run ${run}`);
    // A run without events that are new is one row that names no event.
    return { finished, page: last === null ? [] : recordedOf(run, after, rows) };
  }

  /** Whoever has begun to follow a run stays with it while the server is away; a store that was closed does not come back. */
  function patientLook(run: RunId, signal: AbortSignal): (after: Sequence) => Promise<JournalLook> {
    let begun = false;
    return async (after) => {
      for (;;) {
        try {
          const looked = await look(run, after);
          begun = true;
          return looked;
        } catch (error) {
          const passes = error instanceof TelosError && error.code === 'STORE_UNAVAILABLE' && !database.isClosed;
          if (!begun || !passes) throw error;
          await clock.sleep(pauseMs, signal);
          if (signal.aborted) return { finished: true, page: [] };
        }
      }
    };
  }

  return {
    async create(run) {
      const text = JSON.stringify([run.created, ...(run.more ?? [])]);
      const created = await commits.submit({ kind: 'create', run, text });
      bell.ringRun(created.run);
      return created;
    },

    async startedBy(idempotency) {
      const [row] = await database.query({
        name: 'telos_started_by_1',
        text: `SELECT body, run FROM ${schema}.idempotency WHERE key = $1`,
        values: [idempotency.key],
      });
      if (row === undefined) return undefined;
      return earlierRun(idempotency, storedRow(IdempotencyRow, row, `idempotency key ${idempotency.key}`)).run;
    },

    async append(lease, after, batch, settles = []) {
      const ends = endsRun(lease, batch);
      const last = await commits.submit({
        kind: 'append',
        lease,
        after,
        count: batch.length,
        text: JSON.stringify(batch),
        ends,
        change: summaryChange(batch),
        waiting: waitingChange(batch, after),
        settles: [...settles],
      });
      bell.ringRun(lease.run);
      return last;
    },

    async *read(run, after = 0) {
      for (let last = after; ;) {
        const { page } = await look(run, last);
        yield* page;
        const end = page.at(-1);
        // Every row holds an event: of a page with fewer events than it has room for rows, there is no next.
        if (end === undefined || page.length < journalPageRows || isTerminal(end.event)) return;
        last = end.seq;
      }
    },

    follow: (run, after, signal) => followJournal(bell, patientLook(run, signal), run, after, signal),
  };
}
