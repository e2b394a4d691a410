import { TelosError } from '../errors/telos-error.ts';
import type { RunId } from '../ids.ts';
import { firstEpoch } from '../ports/store.ts';
import type { Created, NewRun } from '../ports/store.ts';

/**
 * The run that an idempotency key has started.
 *
 * @param earlier What is stored under the key.
 * @throws TelosError IDEMPOTENCY_MISMATCH when it was started by another request.
 */
export function earlierRun(
  { key, body }: NonNullable<NewRun['idempotency']>,
  earlier: { readonly run: RunId; readonly body: string },
): Created {
  if (earlier.body === body) return { run: earlier.run, existing: true };
  throw new TelosError(
    'IDEMPOTENCY_MISMATCH',
    `The idempotency key ${key} started run ${earlier.run} with another request.`,
    { details: { key, run: earlier.run } },
  );
}

/** What the creation of a run comes to. @param leased Whether the owner that came with it has its lease. */
export function createdRun({ id, owner }: NewRun, leased: boolean): Created {
  const created = { run: id, existing: false };
  if (!leased || owner === undefined) return created;
  return { ...created, lease: { run: id, owner: owner.id, epoch: firstEpoch } };
}
