import type { Arrival } from '../backend.ts';
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

/**
 * The place that is served now is that of the job at the head, as BullMQ picks it. When
 * nothing waits, all flows begin anew; those that are not named are forgotten.
 */
const placing = `
  WITH head AS (
    SELECT priority FROM job WHERE queue = $1 AND state = 'waiting' ORDER BY priority, seq LIMIT 1
  ), scale AS (
    SELECT coalesce((SELECT priority FROM head) * $4::float8, 0) AS now, NOT EXISTS (SELECT FROM head) AS rests
  ), forgotten AS (
    DELETE FROM telos_ends USING scale
     WHERE queue = $1 AND flow <> ALL ($2) AND (rests OR (random() < 0.01 AND ends <= now))
  )
  INSERT INTO telos_ends AS old (queue, flow, ends, size)
  SELECT $1, arrival.flow, scale.now + arrival.size, arrival.size
    FROM unnest($2::text[], $3::float8[]) AS arrival (flow, size), scale
  ON CONFLICT (queue, flow) DO UPDATE
     SET size = excluded.size,
         ends = CASE WHEN (SELECT rests FROM scale) THEN excluded.ends
                     ELSE greatest(old.ends + excluded.size, excluded.ends) END
  RETURNING flow, ends - size AS start`;

type Query = (text: string, values: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

export async function placeInPostgres(
  query: Query,
  queue: string,
  arrivals: readonly Arrival[],
): Promise<readonly number[]> {
  const { rows } = await query(placing, [
    queue,
    arrivals.map(({ flow }) => flow),
    arrivals.map(({ size }) => size),
    quantum,
  ]);
  const starts = new Map(
    // Safe: these are the columns of the statement above.
    rows.map((row) => row as { readonly flow: string; readonly start: number }).map(({ flow, start }) => [flow, start]),
  );
  return arrivals.map(({ flow }) => starts.get(flow) ?? 0);
}
