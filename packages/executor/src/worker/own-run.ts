/** Taking a run up: from its journal to an owner that can begin. */
import { errorRecordOf, fold, hasEnded, TelosError } from '@telos/core';
import type { Lease, RunState } from '@telos/core';
import type { Hold, OwnerShared } from '../desk/owner-shared.ts';
import { loadPrograms } from '../desk/programs.ts';
import { OwnedRun } from '../owner/run-owner.ts';
import type { RunOwner } from '../owner/run-owner.ts';

/**
 * Takes up a run: folds its journal, loads what it runs. Gives `ended` for one that has nothing left to do.
 *
 * @param fresh The state of a run that is new and this owner's since it is there.
 */
export async function ownRun(
  shared: OwnerShared,
  lease: Lease,
  hold: Hold,
  fresh?: RunState,
): Promise<RunOwner | 'ended'> {
  const { deps, programs } = shared;
  const { store, clock } = deps;
  const state = fresh ?? (await fold(store.journal.read(lease.run)));
  if (state === undefined) throw new TelosError('RUN_NOT_FOUND', `Run ${lease.run} has no journal.`);
  if (hasEnded(state)) return 'ended';
  try {
    const linked = await programs.linked(state.program);
    const bodies = await loadPrograms(programs, state);
    return new OwnedRun({ shared, lease, hold, state, linked, bodies });
  } catch (error) {
    const record = errorRecordOf(error, 'BUG');
    if (record.kind === 'retryable') throw error;
    await store.journal.append(lease, state.seq, [{ type: 'run.failed', at: clock.now(), error: record }]);
    return 'ended';
  }
}
