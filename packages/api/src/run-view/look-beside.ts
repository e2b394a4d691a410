import { hasEnded } from '@telos/core';
import type { RunId, RunState, Seen, Store } from '@telos/core';

/** Unfinished runs looked at, oldest first; a run behind more than these that have something to do is taken for held. */
const looked = 1000;

/**
 * What the store says of a run beside its journal: nothing of one that has ended.
 *
 * @param isLeft Whether nobody holds it although it has something to do, where that is known already.
 */
export async function lookBeside(
  { runs, claims, leases }: Pick<Store, 'runs' | 'claims' | 'leases'>,
  state: RunState | undefined,
  isLeft: (run: RunId) => Promise<boolean> = async (run) => (await leases.lapsed(looked)).includes(run),
): Promise<Seen> {
  if (state === undefined || hasEnded(state)) return {};
  const { id, phase, steps } = state;
  // One that waits for a place has not begun.
  if (phase.status === 'pending') return { place: await runs.placeWait(id) };
  let isUnderWay = false;
  let isElsewhere = false;
  for (const step of steps.values()) {
    if (step.status !== 'running') continue;
    isUnderWay = true;
    if (step.queue !== undefined) isElsewhere = true;
  }
  return {
    ...(isElsewhere ? { claims: await claims.of(id) } : {}),
    ...(isUnderWay && (await isLeft(id)) ? { isLeft: true } : {}),
  };
}
