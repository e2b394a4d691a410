import { mostForeignSpans } from '@telos/core';
import type { ForeignSpans } from '@telos/core';
import { foreignSpanOf, storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const CountRow = z.object({ count: z.int() });

export function postgresForeignSpans(database: Database, schema: string): ForeignSpans {
  return {
    async put(spans, at) {
      // Of one that is told twice at once, the last.
      const told = [...new Map(spans.map((span) => [`${span.trace} ${span.id}`, span])).values()];
      const [row] = await database.query({
        text: `
          WITH told AS MATERIALIZED (
            SELECT t.*, k.id IS NOT NULL AS is_known,
              row_number() OVER (PARTITION BY t.trace, k.id IS NULL ORDER BY t.n) AS place
            FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[]) WITH ORDINALITY AS t (trace, id, started_at, span, n)
            LEFT JOIN ${schema}.foreign_spans k ON k.trace = t.trace AND k.id = t.id
          ),
          kept AS (
            SELECT * FROM told WHERE is_known
              OR place + (SELECT count(*) FROM ${schema}.foreign_spans f WHERE f.trace = told.trace) <= ${mostForeignSpans}
          ),
          written AS (
            INSERT INTO ${schema}.foreign_spans (trace, id, started_at, put_at, span)
            SELECT trace, id, started_at, $5, span FROM kept ORDER BY trace, id
            ON CONFLICT (trace, id) DO UPDATE SET put_at = excluded.put_at, started_at = excluded.started_at, span = excluded.span
          )
          SELECT ((SELECT count(*) FROM told) - (SELECT count(*) FROM kept))::integer AS count`,
        values: [
          told.map(({ trace }) => trace),
          told.map(({ id }) => id),
          told.map(({ startedAt }) => startedAt),
          told.map((span) => JSON.stringify(span)),
          at,
        ],
      });
      return storedRow(CountRow, row, 'the spans of other services').count;
    },
    async of(trace) {
      const rows = await database.query({
        text: `SELECT span FROM ${schema}.foreign_spans WHERE trace = $1 ORDER BY started_at, id`,
        values: [trace],
      });
      return rows.map(foreignSpanOf);
    },
    async removeBefore(at, limit) {
      const [row] = await database.query({
        text: `
          WITH old AS MATERIALIZED (
            SELECT trace, id FROM ${schema}.foreign_spans WHERE put_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
          ),
          gone AS (DELETE FROM ${schema}.foreign_spans f USING old WHERE f.trace = old.trace AND f.id = old.id)
          SELECT count(*)::integer AS count FROM old`,
        values: [at, limit],
      });
      return storedRow(CountRow, row, 'the spans that were removed').count;
    },
  };
}
