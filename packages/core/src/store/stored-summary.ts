/** Summaries as rows of a table, and pages of them. */
import { z } from 'zod';
import { TelosError } from '../errors/telos-error.ts';
import { anyJson } from '../json.ts';
import type { Page } from '../ports/store.ts';
import { priorities } from '../ports/turn.ts';
import { runStatuses } from '../run/summary.ts';
import type { RunSummary } from '../run/summary.ts';
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
const StoredError = z.looseObject({
  code: z.string(),
  kind: z.enum(['retryable', 'terminal', 'bug']),
  message: z.string(),
  next: z.string().exactOptional(),
  path: z.string().exactOptional(),
  details: z.record(z.string(), anyJson).exactOptional(),
});
const Cursor = z.tuple([z.number(), z.int()]);

/** Reads a row of runs. @throws TelosError STORE_CORRUPT. */
export function summaryOf(stored: unknown, what: string): RunSummary {
  return summaryOfRow(storedRow(Row, stored, what));
}

/** @throws TelosError PAGE_INVALID unless it is in 1..200. */
export function checkPageLimit(limit: number, what: 'runs' | 'waits' = 'runs'): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return;
  throw new TelosError('PAGE_INVALID', `A page holds 1 to 200 ${what}, not ${limit}.`, { details: { limit } });
}

/** A page of the rows found, of which one more than asked for tells that another page follows. @throws TelosError STORE_CORRUPT. */
export function pageOf(found: readonly unknown[], limit: number): Page<RunSummary> {
  const rows = found.map((row) => storedRow(Row, row, 'the list of runs'));
  const items = rows.slice(0, limit);
  const end = items.at(-1);
  return {
    items: items.map(summaryOfRow),
    ...(rows.length > limit && end !== undefined ? { next: cursorOf(end) } : {}),
  };
}

/** @throws TelosError PAGE_INVALID when the text is the cursor of no page. */
export function placeOf(cursor: string): RunPlace {
  try {
    const [createdAt, number] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { createdAt, number };
  } catch (error) {
    throw new TelosError('PAGE_INVALID', `The cursor ${JSON.stringify(cursor)} is none that a list gave.`, {
      cause: error,
    });
  }
}

function cursorOf({ createdAt, number }: RunPlace): string {
  return Buffer.from(JSON.stringify([createdAt, number])).toString('base64url');
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
