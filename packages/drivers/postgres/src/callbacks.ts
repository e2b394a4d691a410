import type { Callbacks } from '@telos/core';
import { callbackCountOf, callbackOf, checkPageLimit, storedProblem } from '@telos/core/store';
import type { Database } from './database.ts';

/** @param now The store's time; the server's own when absent. */
export function postgresCallbacks(database: Database, schema: string, now?: () => number): Callbacks {
  const time = 'coalesce($1, extract(epoch FROM clock_timestamp()) * 1000)';
  const columns = 'r.id AS run, c.url, c.events, c.secret, c.attempts, c.due_at, c.outcome, c.settled_at, c.problem';
  const known = `${schema}.callbacks c JOIN ${schema}.runs r ON r.number = c.run`;
  const numbered = `(SELECT number FROM ${schema}.runs WHERE id = $2)`;
  const instant = () => now?.() ?? null;

  return {
    async get(run) {
      const [row] = await database.query({ text: `SELECT ${columns} FROM ${known} WHERE r.id = $1`, values: [run] });
      return row === undefined ? undefined : callbackOf(row);
    },
    async take(limit, ttlMs) {
      const rows = await database.query({
        text: `
          WITH due AS MATERIALIZED (
            SELECT run, due_at AS since FROM ${schema}.callbacks WHERE due_at <= ${time}
            ORDER BY due_at, run LIMIT $3 FOR UPDATE SKIP LOCKED
          ),
          taken AS (
            UPDATE ${schema}.callbacks c SET due_at = ${time} + $2::double precision, attempts = c.attempts + 1
            FROM due WHERE c.run = due.run RETURNING c.*, due.since
          )
          SELECT ${columns} FROM taken c JOIN ${schema}.runs r ON r.number = c.run ORDER BY c.since, c.run`,
        values: [instant(), ttlMs, limit],
      });
      return rows.map(callbackOf);
    },
    async settle({ run, attempts }, outcome) {
      const again = outcome.status === 'owed';
      const rows = await database.query({
        text: `
          UPDATE ${schema}.callbacks SET outcome = $4, problem = $5,
            due_at = ${time} + $6::double precision,
            settled_at = CASE WHEN $4::text IS NOT NULL THEN ${time} END
          WHERE run = ${numbered} AND attempts = $3 AND due_at IS NOT NULL RETURNING run`,
        values: [
          instant(),
          run,
          attempts,
          again ? null : outcome.status,
          'problem' in outcome ? storedProblem(outcome.problem) : null,
          again ? outcome.afterMs : null,
        ],
      });
      return rows.length === 1;
    },
    async owe(run) {
      const rows = await database.query({
        text: `
          UPDATE ${schema}.callbacks SET due_at = 0, outcome = NULL, settled_at = NULL, attempts = 0, problem = NULL
          WHERE run = (SELECT number FROM ${schema}.runs WHERE id = $1) AND outcome IN ('delivered', 'given_up')
          RETURNING run`,
        values: [run],
      });
      return rows.length === 1;
    },
    async count() {
      const [row] = await database.query({
        text: `
          SELECT (SELECT count(*)::integer FROM ${schema}.callbacks WHERE due_at IS NOT NULL) AS owed,
            (SELECT count(*)::integer FROM ${schema}.callbacks WHERE problem IS NOT NULL AND outcome IS NULL) AS failing,
            (SELECT count(*)::integer FROM ${schema}.callbacks WHERE problem IS NOT NULL AND outcome = 'given_up') AS given_up`,
        values: [],
      });
      return callbackCountOf(row);
    },
    async troubled(limit) {
      checkPageLimit(limit, 'callbacks');
      const rows = await database.query({
        text: `SELECT ${columns} FROM ${known} WHERE c.problem IS NOT NULL ORDER BY c.run DESC LIMIT $1`,
        values: [limit],
      });
      return rows.map(callbackOf);
    },
  };
}
