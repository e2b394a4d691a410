import type { JsonObject, Payload } from '@telos/core';
import type { Values } from '../scope/values.ts';
import { putBack } from './set-apart.ts';
import { Task } from './task.ts';

/**
 * The task that a job brings, whole; undefined when it is none that this worker knows all of, as between workers of
 * different releases.
 * @throws TelosError STORE_CORRUPT, STORE_UNAVAILABLE.
 */
export async function readTask(values: Values, given: JsonObject): Promise<Task | undefined> {
  // What `placing` put there: a payload. Whatever else it is has no value, and then no task.
  const payload = given as unknown as Payload;
  const lookup = await values.gather([payload]);
  const read = Task.safeParse(lookup(payload));
  if (!read.success) return undefined;
  const task = read.data;
  const { apart = [] } = task;
  return apart.length === 0 ? task : putBack(task, apart, await values.gather(apart.map((one) => one.payload)));
}
