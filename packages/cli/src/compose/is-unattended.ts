import type { RunId, Store } from '@telos/core';
import { isProcessGone } from '@telos/driver-local';

/** Unfinished runs looked at, oldest first; a run behind more than these is taken for attended. */
const looked = 1000;

export const unattendedAdvice =
  'No process carries it out at this moment. One that serves takes it up by itself; if none does, `telos serve` goes on with it.';

/**
 * Whether an unfinished run is in nobody's hands: never taken, or the process
 * that had it is gone. Leases of processes of this machine that are gone end here.
 */
export async function isUnattended({ leases }: Pick<Store, 'leases'>, run: RunId): Promise<boolean> {
  for (const owner of await leases.owners()) if (isProcessGone(owner)) await leases.expire(owner);
  return (await leases.lapsed(looked)).includes(run);
}
