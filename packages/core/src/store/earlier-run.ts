import { TelosError } from '../errors/telos-error.ts';
import type { RunId } from '../ids.ts';
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
