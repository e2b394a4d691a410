/** Taking a run up: from its journal to an owner that can begin. */
import { decide, errorRecordOf, evolve, fold, hasEnded, isRefusal, TelosError } from '@telos/core';
import type { ErrorRecord, Lease, RunState } from '@telos/core';
import type { Hold, OwnerShared } from '../desk/owner-shared.ts';
import { Patience } from '../desk/patience.ts';
import { loadPrograms } from '../desk/programs.ts';
import { OwnedRun } from '../owner/run-owner.ts';
import type { RunOwner } from '../owner/run-owner.ts';

/** A run that has ended as it was taken up, with its last state. */
export type EndedRun = { readonly ended: RunState };

/**
 * Takes up a run: folds its journal, loads what it runs. One that cannot be carried out fails, and has ended with that.
 * Undefined for one that had ended before, and that another owner has seen to.
 *
 * @param signal Aborts when the worker is about to leave: then a store that is away is waited for no longer.
 * @param fresh The state of a run that is new and this owner's since it is there.
 */
export async function ownRun(
  shared: OwnerShared,
  lease: Lease,
  hold: Hold,
  signal: AbortSignal,
  fresh?: RunState,
): Promise<RunOwner | EndedRun | undefined> {
  const { deps, programs } = shared;
  const { store } = deps;
  const state = fresh ?? (await fold(store.journal.read(lease.run)));
  if (state === undefined) throw new TelosError('RUN_NOT_FOUND', `Run ${lease.run} has no journal.`);
  if (hasEnded(state)) return undefined;
  try {
    const linked = await programs.linked(state.program);
    const bodies = await loadPrograms(programs, state);
    return new OwnedRun({ shared, lease, hold, state, linked, bodies });
  } catch (error) {
    const record = errorRecordOf(error, 'BUG');
    if (record.kind === 'retryable') throw error;
    return { ended: await failed(shared, lease, state, record, signal) };
  }
}

/** The state of a run that has failed for good, since this process cannot load what it runs. */
async function failed(
  { deps, vaults }: OwnerShared,
  lease: Lease,
  state: RunState,
  error: ErrorRecord,
  signal: AbortSignal,
): Promise<RunState> {
  const events = decide(state, { do: 'fail', at: deps.clock.now(), error });
  if (isRefusal(events)) throw new TelosError('BUG', events.message);
  const patience = new Patience(deps.clock, ({ message }) =>
    deps.report({ message: `Run ${lease.run} waits for the store: ${message}`, run: lease.run }),
  );
  const leave = (): void => patience.end();
  signal.addEventListener('abort', leave);
  // The same append may be made again: its answer may have been lost, and then nobody else tells of the end.
  await patience
    .try(() => deps.store.journal.append(lease, state.seq, events))
    .finally(() => signal.removeEventListener('abort', leave));
  for (const event of events) evolve(state, event);
  vaults.drop(state.id);
  return state;
}
