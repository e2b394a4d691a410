import type { DatabaseSync } from 'node:sqlite';
import type { Runs } from '@telos/core';
import { checkPageLimit, pageOf, runPlaceOf, placeWaitOf, storedRow, summaryOf, turnsOfRows } from '@telos/core/store';
import { z } from 'zod';
import type { Reading } from './reading.ts';
import { countOfRuns, pageOfRuns } from './run-query.ts';

const columns = `number, id, workflow, program, status, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt,
  tags, namespace, priority, fork_of AS forkOf, input_tokens, output_tokens, usd, ms, calls, gates, gate_score AS gateScore, error, (SELECT max(last) FROM journal WHERE run = runs.number) AS seq`;

const CountRow = z.object({ count: z.int() });

export function sqliteRuns(database: DatabaseSync, reading: Reading): Runs {
  const turns = database.prepare(
    'SELECT id, namespace, priority FROM runs WHERE id IN (SELECT value FROM json_each(?))',
  );
  const sharing =
    'FROM runs AS other INDEXED BY runs_sharing WHERE other.ended_at IS NULL AND other.concurrency = runs.concurrency';
  const place = database.prepare(`
    SELECT concurrency AS key, places,
      (SELECT count(*) ${sharing} AND other.let_in = 0 AND other.number < runs.number) AS before,
      (SELECT json_group_array(id) FROM (SELECT id ${sharing} AND other.let_in = 1 ORDER BY number LIMIT 5)) AS holders
    FROM runs WHERE id = ? AND ended_at IS NULL AND let_in = 0`);
  const byId = database.prepare(`SELECT ${columns} FROM runs WHERE id = ?`);
  return {
    async get(run) {
      const row = reading(() => byId.get(run));
      return row === undefined ? undefined : summaryOf(row, `run ${run}`);
    },
    async list(filter, limit, cursor) {
      checkPageLimit(limit);
      const place = cursor === undefined ? undefined : runPlaceOf(cursor);
      const rows = reading(() => {
        const page = pageOfRuns(database, filter, limit + 1, place);
        return database
          .prepare(`SELECT ${columns} FROM runs WHERE number IN (${page.text}) ORDER BY created_at DESC, number DESC`)
          .all(...page.values);
      });
      return pageOf(rows, limit);
    },
    async count(filter) {
      const row = reading(() => {
        const count = countOfRuns(database, filter);
        return database.prepare(count.text).get(...count.values);
      });
      return storedRow(CountRow, row, 'the list of runs').count;
    },
    async placeWait(run) {
      const row = reading(() => place.get(run));
      return row === undefined ? undefined : placeWaitOf(row, `run ${run}`);
    },
    async turns(runs) {
      return turnsOfRows(reading(() => turns.all(JSON.stringify(runs))));
    },
  };
}
