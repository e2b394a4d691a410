import { z } from 'zod';
import type { Callback, Callbacks } from '../ports/callbacks.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({
  run: z.string(),
  url: z.string(),
  events: z.string(),
  secret: z.string().nullable(),
  attempts: z.int(),
  due_at: z.number().nullable(),
  outcome: z.enum(['delivered', 'given_up', 'unwanted']).nullable(),
  settled_at: z.number().nullable(),
  problem: z.string().nullable(),
});

const Events = z.array(z.enum(['succeeded', 'failed', 'cancelled']));
const Problem = z.object({
  code: z.string(),
  kind: z.enum(['retryable', 'terminal', 'bug']),
  message: z.string(),
  next: z.string().exactOptional(),
});

/** A row of callbacks, with the run's id. */
export function callbackOf(stored: unknown): Callback {
  const row = storedRow(Row, stored, 'the callbacks');
  const { run, url, secret, attempts, due_at: dueAt, outcome, settled_at: settledAt, problem } = row;
  const what = `the callback of run ${run}`;
  return {
    run,
    url,
    events: storedRow(Events, storedJson(row.events, what), what),
    ...(secret === null ? {} : { secret }),
    status: outcome ?? (dueAt === null ? 'waiting' : 'owed'),
    attempts,
    ...(dueAt === null ? {} : { nextAt: dueAt }),
    ...(settledAt === null ? {} : { settledAt }),
    ...(problem === null ? {} : { problem: storedRow(Problem, storedJson(problem, what), what) }),
  };
}

/** As a column holds it. */
export function storedProblem({ code, kind, message, next }: NonNullable<Callback['problem']>): string {
  return JSON.stringify({ code, kind, message, ...(next === undefined ? {} : { next }) });
}

const CountRow = z.object({ owed: z.int(), failing: z.int(), given_up: z.int() });

export function callbackCountOf(row: unknown): Awaited<ReturnType<Callbacks['count']>> {
  const { owed, failing, given_up: givenUp } = storedRow(CountRow, row, 'the callbacks');
  return { owed, failing, givenUp };
}
