import type { Arrival, Places } from '../backend.ts';
import { takenMs } from '../bull-options.ts';
import { quantum } from '../places.ts';

/** The ends of the flows of each queue, and what the last arrival added. Lost with a crash, as the queue may be. */
export const endsTable = `
  CREATE UNLOGGED TABLE IF NOT EXISTS telos_ends (
    queue text NOT NULL,
    flow  text NOT NULL,
    ends  double precision NOT NULL,
    size  double precision NOT NULL,
    PRIMARY KEY (queue, flow)
  )`;

/** The state as text: by the index of active jobs the server would look through all that were ever taken. */
const isDead = "(state::text = 'active' AND processed_at_ms < (SELECT removed_by FROM turn))";

/**
 * The place that is served now is that of the job at the head, as BullMQ picks it. When
 * nothing waits, all flows begin anew; those that are not named are forgotten. One who offers
 * goes after the other: each changes rows of flows that the other names. A job that was
 * taken a while ago and is still there was a dead worker's, and makes room.
 */
const placing = `
  WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtext('telos_ends:' || $1)) AS taken,
           extract(epoch FROM clock_timestamp()) * 1000 - ${takenMs} AS removed_by
  ), head AS (
    SELECT priority FROM job WHERE queue = $1 AND state = 'waiting' ORDER BY priority, seq LIMIT 1
  ), scale AS (
    SELECT coalesce((SELECT priority FROM head) * $5::float8, 0) AS now, NOT EXISTS (SELECT FROM head) AS rests FROM turn
  ), dead AS (
    DELETE FROM job
     WHERE queue = $1 AND id = ANY ($2) AND ${isDead}
  ), arrival AS (
    SELECT DISTINCT ON (id) id, flow, size FROM unnest($2::text[], $3::text[], $4::float8[]) AS given (id, flow, size)
     WHERE NOT EXISTS (SELECT FROM job WHERE job.queue = $1 AND job.id = given.id AND NOT ${isDead})
  ), forgotten AS (
    DELETE FROM telos_ends USING scale
     WHERE queue = $1 AND flow <> ALL ($3) AND (rests OR (random() < 0.01 AND ends <= now))
  ), changed AS (
    INSERT INTO telos_ends AS old (queue, flow, ends, size)
    SELECT $1, flow, (SELECT now FROM scale) + sum(size), sum(size) FROM arrival GROUP BY flow
    ON CONFLICT (queue, flow) DO UPDATE
       SET size = excluded.size,
           ends = CASE WHEN (SELECT rests FROM scale) THEN excluded.ends
                       ELSE greatest(old.ends + excluded.size, excluded.ends) END
    RETURNING flow, ends - size AS start
  )
  SELECT (SELECT now FROM scale) AS now,
         (SELECT coalesce(array_agg(id), '{}') FROM arrival) AS added,
         (SELECT coalesce(json_object_agg(flow, start), '{}') FROM changed) AS starts`;

/** Of the one row. */
type Placed = {
  readonly now: number;
  readonly added: readonly string[];
  readonly starts: { readonly [flow: string]: number };
};

type Query = (text: string, values: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

export async function placeInPostgres(query: Query, queue: string, arrivals: readonly Arrival[]): Promise<Places> {
  const { rows } = await query(placing, [
    queue,
    arrivals.map(({ id }) => id),
    arrivals.map(({ flow }) => flow),
    arrivals.map(({ size }) => size),
    quantum,
  ]);
  // Safe: these are the columns of the statement above.
  const { now, added, starts } = rows[0] as Placed;
  const left = new Set(added);
  const next = new Map(Object.entries(starts));
  return {
    now,
    starts: arrivals.map(({ id, flow, size }) => {
      if (!left.delete(id)) return undefined;
      const start = next.get(flow) ?? now;
      next.set(flow, start + size);
      return start;
    }),
  };
}
