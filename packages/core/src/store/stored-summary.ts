/** Summaries as rows of a table, and pages of them. */
import { z } from 'zod';
import type { Page } from '../ports/page.ts';
import { priorities } from '../ports/turn.ts';
import { errorRecord } from '../run/event-parts.ts';
import { runStatuses } from '../run/summary.ts';
import type { RunSummary } from '../run/summary.ts';
import { pageOfRows, placeIn } from './stored-page.ts';
import { storedJson, storedRow } from './stored-row.ts';

/** A place in the order of runs: by creation, then by number. Runs before it are older. */
export type RunPlace = { readonly createdAt: number; readonly number: number };

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
  priority: z.enum(priorities),
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
/** A later version may say more of an error: it is kept. */
const StoredError = errorRecord.loose();
const Cursor = z.tuple([z.number(), z.int()]);

/** Reads a row of runs. @throws TelosError STORE_CORRUPT. */
export function summaryOf(stored: unknown, what: string): RunSummary {
  return summaryOfRow(storedRow(Row, stored, what));
}

/** A page of the rows found, of which one more than asked for tells that another page follows. @throws TelosError STORE_CORRUPT. */
export function pageOf(found: readonly unknown[], limit: number): Page<RunSummary> {
  const rows = found.map((row) => storedRow(Row, row, 'the list of runs'));
  return pageOfRows(rows, limit, summaryOfRow, ({ createdAt, number }) => [createdAt, number]);
}

/** @throws TelosError PAGE_INVALID when the text is the cursor of no page. */
export function runPlaceOf(cursor: string): RunPlace {
  const [createdAt, number] = placeIn(cursor, Cursor);
  return { createdAt, number };
}

function summaryOfRow(row: z.output<typeof Row>): RunSummary {
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
