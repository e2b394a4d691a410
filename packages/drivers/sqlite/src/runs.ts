import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunFilter, Runs } from '@telos/core';
import {
  checkPageLimit,
  pageOf,
  runPlaceOf,
  placeWaitOf,
  searchRuns,
  storedRow,
  summaryOf,
  turnsOfRows,
} from '@telos/core/store';
import type { RunPlace, RunSearch } from '@telos/core/store';
import { z } from 'zod';
import type { Reading } from './reading.ts';
import { countOfRuns, pageOfRuns } from './run-query.ts';

const columns = `number, id, workflow, program, status, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt,
  tags, namespace, priority, fork_of AS forkOf, input_tokens, output_tokens, usd, ms, calls, gates, gate_score AS gateScore, error, (SELECT max(last) FROM journal WHERE run = runs.number) AS seq`;

const CountRow = z.object({ count: z.int() });
const EndRow = z.object({ number: z.int(), createdAt: z.number(), count: z.int() });

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

  function rowsOf(filter: RunFilter, limit: number, place?: RunPlace, last?: RunPlace): readonly unknown[] {
    return reading(() => {
      const { text, values } = pageOfRuns(database, filter, limit, place, last);
      const page = `SELECT number FROM (${text})`;
      return database
        .prepare(`SELECT ${columns} FROM runs WHERE number IN (${page}) ORDER BY created_at DESC, number DESC`)
        .all(...values);
    });
  }

  const found: RunSearch['found'] = async (filter, limit, place, last) => rowsOf(filter, limit, place, last);

  const end: RunSearch['end'] = async (filter, most, place) => {
    // Others may go on before the next stretch is read.
    await turn();
    const row = reading(() => {
      const page = pageOfRuns(database, filter, most, place);
      return database
        .prepare(`
          SELECT number, created_at AS createdAt, count(*) OVER () AS count
          FROM (${page.text}) ORDER BY created_at, number LIMIT 1`)
        .get(...page.values);
    });
    if (row === undefined) return { count: 0 };
    const { count, ...last } = storedRow(EndRow, row, 'the list of runs');
    return { count, last };
  };

  return {
    async get(run) {
      const row = reading(() => byId.get(run));
      return row === undefined ? undefined : summaryOf(row, `run ${run}`);
    },
    async list(filter, limit, cursor) {
      checkPageLimit(limit);
      const place = cursor === undefined ? undefined : runPlaceOf(cursor);
      if (filter.where !== undefined) return searchRuns({ end, found }, filter, limit, place);
      return pageOf(rowsOf(filter, limit + 1, place), limit);
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
