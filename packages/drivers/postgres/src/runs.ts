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
import type { Database } from './database.ts';
import { countOfRuns, findWalks, pageOfRuns } from './run-query.ts';

const columns = `runs.number::float8, runs.id, workflow, program, status, runs.created_at AS "createdAt", started_at AS "startedAt",
  ended_at AS "endedAt", tags, namespace, priority, fork_of AS "forkOf", input_tokens, output_tokens, usd, ms, calls, gates, gate_score AS "gateScore", error, heads.seq`;

const CountRow = z.object({ count: z.int() });
const EndRow = z.object({ number: z.int(), createdAt: z.number(), count: z.int() });

export function postgresRuns(database: Database, schema: string): Runs {
  const table = `${schema}.runs JOIN ${schema}.heads ON heads.run = runs.number`;

  async function found(filter: RunFilter, limit: number, place?: RunPlace, last?: RunPlace) {
    const page = pageOfRuns(schema, await findWalks(database, schema, filter), limit, place, last);
    return database.query({
      text: `
        SELECT ${columns} FROM (${page.text}) AS page JOIN ${table} ON runs.number = page.number
        ORDER BY page.created_at DESC, page.number DESC`,
      values: page.values,
    });
  }

  const end: RunSearch['end'] = async (filter, most, place) => {
    const page = pageOfRuns(schema, await findWalks(database, schema, filter), most, place);
    const [row] = await database.query({
      text: `
        SELECT number::float8, created_at AS "createdAt", count(*) OVER ()::float8 AS count
        FROM (${page.text}) AS page ORDER BY created_at, number LIMIT 1`,
      values: page.values,
    });
    if (row === undefined) return { count: 0 };
    const { count, ...last } = storedRow(EndRow, row, 'the list of runs');
    return { count, last };
  };

  return {
    async get(run) {
      const [row] = await database.query({
        name: `telos_run_1`,
        text: `SELECT ${columns} FROM ${table} WHERE runs.id = $1`,
        values: [run],
      });
      return row === undefined ? undefined : summaryOf(row, `run ${run}`);
    },
    async list(filter, limit, cursor) {
      checkPageLimit(limit);
      const place = cursor === undefined ? undefined : runPlaceOf(cursor);
      if (filter.where !== undefined) return searchRuns({ end, found }, filter, limit, place);
      return pageOf(await found(filter, limit + 1, place), limit);
    },
    async count(filter) {
      const [row] = await database.query(countOfRuns(schema, await findWalks(database, schema, filter)));
      return storedRow(CountRow, row, 'the list of runs').count;
    },
    async placeWait(run) {
      const sharing = `FROM ${schema}.heads AS other WHERE NOT other.finished AND other.shares = own.shares`;
      const [row] = await database.query({
        text: `
          SELECT own.shares AS key, own.places,
            (SELECT count(*) ${sharing} AND other.let_in = false AND other.run < own.run)::float8 AS before,
            (SELECT coalesce(json_agg(id), '[]')::text FROM (
              SELECT id ${sharing} AND other.let_in = true ORDER BY other.run LIMIT 5) AS first) AS holders
          FROM ${schema}.heads AS own WHERE own.id = $1 AND NOT own.finished AND own.let_in = false`,
        values: [run],
      });
      return row === undefined ? undefined : placeWaitOf(row, `run ${run}`);
    },
    async turns(runs) {
      const rows = await database.query({
        name: 'telos_turns_1',
        text: `SELECT id, namespace, priority FROM ${schema}.runs WHERE id = ANY($1)`,
        values: [[...runs]],
      });
      return turnsOfRows(rows);
    },
  };
}
