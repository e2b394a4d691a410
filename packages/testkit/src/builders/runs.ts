import { randomBytes } from 'node:crypto';
import { runIdOf } from '@telos/core';
import type { Instant, Lease, NewRun, RunId, Store } from '@telos/core';
import { runCreated } from './events.ts';

/** A fresh run id; never the same twice, so that tests may share a database. */
export function aRunId(at: Instant = 1000): RunId {
  return runIdOf(at, randomBytes(10));
}

/** A run to create. `created` replaces fields of its `run.created` event. */
export function aNewRun(
  more: { readonly created?: Parameters<typeof runCreated>[0] } & Partial<Omit<NewRun, 'created'>> = {},
): NewRun {
  const { created, ...rest } = more;
  return { id: aRunId(created?.at), created: runCreated(created), ...rest };
}

/** Creates a run in a store, and takes its lease for `owner`. Its last sequence is 1. */
export async function anOwnedRun(
  store: Store,
  more: Parameters<typeof aNewRun>[0] = {},
  owner = 'owner',
  ttlMs = 60_000,
): Promise<Lease> {
  const { run } = await store.journal.create(aNewRun(more));
  const lease = await store.leases.acquire(run, owner, ttlMs);
  if ('heldBy' in lease) throw new Error(`Run ${run} is held by ${lease.heldBy}.`);
  return lease;
}
