import type { Clock, RunId, Sequence } from '@telos/core';
import { createChangeBell, storedRow } from '@telos/core/store';
import type { ChangeBell, LookForChanges } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const failedMs = 1000;

const Row = z.object({
  horizon: z.string(),
  heads: z.array(z.object({ id: z.string(), seq: z.int() })),
  messages: z.array(z.string()),
});

/**
 * A bell that notices the changes of other processes by asking the server: one
 * query for all runs that are followed and all messages that are new.
 *
 * What is new is told by transactions: all below the horizon had ended, and were
 * seen if they wrote anything, when the query before was made. Numbers of rows
 * would not do: a smaller one may be committed after a greater one.
 */
export function postgresBell(
  database: Database,
  schema: string,
  clock: Pick<Clock, 'sleep'>,
  pollMs = 100,
): ChangeBell {
  const text = `
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
      (SELECT coalesce(json_agg(json_build_object('id', id, 'seq', seq)), '[]')
       FROM ${schema}.heads WHERE id = ANY ($1::text[])) AS heads,
      (SELECT coalesce(json_agg(DISTINCT h.id), '[]')
       FROM ${schema}.inbox i JOIN ${schema}.heads h USING (run) WHERE $2 AND i.transaction >= $3::xid8) AS messages`;

  function begin(): LookForChanges {
    // Nothing is known yet: the first look wakes everybody once, which is harmless.
    let horizon = '0';
    let known = new Map<RunId, Sequence>();
    return async ({ followed, messages }) => {
      const [row] = await database.query({
        name: `telos_changes_1`,
        text,
        values: [followed, messages, horizon],
      });
      const found = storedRow(Row, row, 'the changes');
      const heads = new Map(found.heads.map(({ id, seq }) => [id, seq]));
      const changed = [...heads].filter(([run, seq]) => known.get(run) !== seq).map(([run]) => run);
      known = heads;
      if (messages) horizon = found.horizon;
      return { runs: changed, messages: found.messages };
    };
  }

  return createChangeBell(begin, { clock, pollMs, failedMs });
}
