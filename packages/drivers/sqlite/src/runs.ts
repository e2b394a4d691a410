import type { DatabaseSync } from 'node:sqlite';
import { anyJson, runStatuses, TelosError } from '@telos/core';
import type { RunSummary, Runs } from '@telos/core';
import { z } from 'zod';
import type { Reading } from './reading.ts';
import { countOfRuns, pageOfRuns } from './run-query.ts';
import type { RunPlace } from './run-query.ts';
import { storedJson, storedRow } from './stored-row.ts';

const columns = `number, id, workflow, program, status, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt,
  tags, namespace, priority, fork_of AS forkOf, input_tokens, output_tokens, usd, ms, calls, gates, gate_score AS gateScore, error, (SELECT max(last) FROM journal WHERE run = runs.number) AS seq`;

const Row = z.object({
  number: z.int(),
  id: z.string(),
  workflow: z.string(),
  program: z.string(),
  status: z.enum(runStatuses),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  tags: z.string(),
  namespace: z.string(),
  priority: z.int(),
  forkOf: z.string().nullable(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  usd: z.number(),
  ms: z.number(),
  calls: z.number(),
  gates: z.int(),
  gateScore: z.number(),
  error: z.string().nullable(),
  seq: z.int(),
});

const Tags = z.array(z.string());
const StoredError = z.looseObject({
  code: z.string(),
  kind: z.enum(['retryable', 'terminal', 'bug']),
  message: z.string(),
  next: z.string().exactOptional(),
  path: z.string().exactOptional(),
  details: z.record(z.string(), anyJson).exactOptional(),
});
const CountRow = z.object({ count: z.int() });
const Cursor = z.tuple([z.number(), z.int()]);

export function sqliteRuns(database: DatabaseSync, reading: Reading): Runs {
  const byId = database.prepare(`SELECT ${columns} FROM runs WHERE id = ?`);
  return {
    async get(run) {
      const row = reading(() => byId.get(run));
      return row === undefined ? undefined : summaryOf(storedRow(Row, row, `run ${run}`));
    },
    async list(filter, limit, cursor) {
      if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
        throw new TelosError('PAGE_INVALID', `A page holds 1 to 200 runs, not ${limit}.`, { details: { limit } });
      }
      // One more than asked for tells whether another page follows.
      const place = cursor === undefined ? undefined : placeOf(cursor);
      const rows = reading(() => {
        const page = pageOfRuns(database, filter, limit + 1, place);
        return database
          .prepare(`SELECT ${columns} FROM runs WHERE number IN (${page.text}) ORDER BY created_at DESC, number DESC`)
          .all(...page.values);
      }).map((row) => storedRow(Row, row, 'the list of runs'));
      const items = rows.slice(0, limit);
      const end = items.at(-1);
      return {
        items: items.map(summaryOf),
        ...(rows.length > limit && end !== undefined ? { next: cursorOf(end) } : {}),
      };
    },
    async count(filter) {
      const row = reading(() => {
        const count = countOfRuns(database, filter);
        return database.prepare(count.text).get(...count.values);
      });
      return storedRow(CountRow, row, 'the list of runs').count;
    },
  };
}

function summaryOf(row: z.output<typeof Row>): RunSummary {
  const what = `run ${row.id}`;
  const { id, workflow, program, status, createdAt, seq, input_tokens, output_tokens, usd, ms, calls } = row;
  return {
    id,
    workflow,
    program,
    status,
    createdAt,
    ...(row.startedAt === null ? {} : { startedAt: row.startedAt }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    tags: storedRow(Tags, storedJson(row.tags, what), what),
    namespace: row.namespace,
    priority: row.priority,
    ...(row.forkOf === null ? {} : { forkOf: row.forkOf }),
    usage: { input_tokens, output_tokens, usd, ms, calls },
    ...(row.gates === 0 ? {} : { score: row.gateScore / row.gates }),
    ...(row.error === null ? {} : { error: storedRow(StoredError, storedJson(row.error, what), what) }),
    seq,
  };
}

function cursorOf({ createdAt, number }: RunPlace): string {
  return Buffer.from(JSON.stringify([createdAt, number])).toString('base64url');
}

/** @throws TelosError PAGE_INVALID when the text was not made by `cursorOf`. */
function placeOf(cursor: string): RunPlace {
  try {
    const [createdAt, number] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { createdAt, number };
  } catch (error) {
    throw new TelosError('PAGE_INVALID', `The cursor ${JSON.stringify(cursor)} is none that a list gave.`, {
      cause: error,
    });
  }
}
