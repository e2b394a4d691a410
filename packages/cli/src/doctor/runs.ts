/** What unfinished runs wait for, and whether anybody is there to carry them out. */
import { lookBeside } from '@telos/api/trace';
import { explain, fold } from '@telos/core';
import type { Instant, RunId, RunSummary, Store } from '@telos/core';
import { isProcessGone } from '@telos/driver-local';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';
import { unfinishedStatuses } from './unfinished.ts';

/** Of the runs that nobody holds and that have something to do, those that are known as such: the oldest. */
const looked = 10_000;

export type UnfinishedRun = {
  readonly run: string;
  readonly workflow: string;
  readonly status: string;
  readonly since: Instant;
  /** The first thing that has to happen. */
  readonly message: string;
  /** Things that have to happen besides. */
  readonly more: number;
};

/**
 * Tells of each unfinished run, newest first, page by page, so that a million of them take time and no memory.
 *
 * @returns What is to be said of all of them together.
 */
export async function examineRuns(
  store: Store,
  now: Instant,
  tell: (run: UnfinishedRun) => void,
): Promise<readonly Finding[]> {
  try {
    const isCaredFor = await isAttended(store);
    const count = await tellEach(store, now, tell);
    if (count === 0 || isCaredFor) return [];
    return [noWorker(count, (await store.leases.lapsed(1)).length > 0)];
  } catch (error) {
    return [broken('runs', error)];
  }
}

async function tellEach(store: Store, now: Instant, tell: (run: UnfinishedRun) => void): Promise<number> {
  let count = 0;
  let left: ReadonlySet<RunId> | undefined;
  const isLeft = async (run: RunId): Promise<boolean> => (left ??= new Set(await store.leases.lapsed(looked))).has(run);
  let cursor: string | undefined;
  do {
    const page = await store.runs.list({ status: unfinishedStatuses }, 200, cursor);
    for (const summary of page.items) {
      const found = await explained(store, summary, now, isLeft);
      if (found === undefined) continue;
      count += 1;
      tell(found);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return count;
}

async function explained(
  store: Store,
  { id, workflow }: RunSummary,
  now: Instant,
  isLeft: (run: RunId) => Promise<boolean>,
): Promise<UnfinishedRun | undefined> {
  const state = await fold(store.journal.read(id));
  const [first, ...more] = state === undefined ? [] : explain(state, now, await lookBeside(store, state, isLeft));
  // It has ended since the list was made.
  if (state === undefined || first === undefined) return undefined;
  const { sentence: message, since } = first;
  return { run: id, workflow, status: state.phase.status, since, message, more: more.length };
}

/** Whether a worker is known to live: one that says so, or one that owns a run. What owners left that are gone is let go. */
async function isAttended({ claims, leases }: Store): Promise<boolean> {
  for (const owner of await leases.owners()) {
    if (!isProcessGone(owner)) return true;
    await leases.expire(owner);
  }
  return (await claims.workers()).some((worker) => !isProcessGone(worker));
}

/** A worker beside a local queue, whose runs all wait, leaves no sign of life: only what lies about shows that none is there. */
function noWorker(count: number, isLeft: boolean): Finding {
  const runs = count === 1 ? '1 run is' : `${count} runs are`;
  const message = isLeft ? `no worker lives, and ${runs} unfinished.` : `no worker holds a run; ${runs} waiting.`;
  const next = isLeft
    ? 'Start `telos serve` or `telos worker`; it goes on with them.'
    : 'When what they wait for comes, `telos serve` or `telos worker` has to be there.';
  return { about: 'workers', verdict: 'worth_knowing', message, next };
}
