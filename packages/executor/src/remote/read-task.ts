import type { Payload } from '@telos/core';
import type { Values } from '../scope/values.ts';
import { putBack } from './set-apart.ts';
import { Task } from './task.ts';

/**
 * The task that was sealed, whole; undefined when it is none that this worker knows all of, as between workers of
 * different releases.
 * @throws TelosError STORE_CORRUPT, STORE_UNAVAILABLE.
 */
export async function readTask(values: Values, payload: Payload): Promise<Task | undefined> {
  const lookup = await values.gather([payload]);
  const read = Task.safeParse(lookup(payload));
  if (!read.success) return undefined;
  const task = read.data;
  const { apart = [] } = task;
  return apart.length === 0 ? task : putBack(task, apart, await values.gather(apart.map((one) => one.payload)));
}
