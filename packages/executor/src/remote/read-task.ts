import type { JsonObject, Payload } from '@telos/core';
import type { Values } from '../scope/values.ts';
import { putBack } from './set-apart.ts';
import { Task } from './task.ts';

/** The task that a job brings, whole. @throws ZodError when it is none; TelosError STORE_CORRUPT, STORE_UNAVAILABLE. */
export async function readTask(values: Values, given: JsonObject): Promise<Task> {
  // What `placing` put there: a payload. Whatever else it is has no value, and then no task.
  const payload = given as unknown as Payload;
  const lookup = await values.gather([payload]);
  const task = Task.parse(lookup(payload));
  const { apart = [] } = task;
  return apart.length === 0 ? task : putBack(task, apart, await values.gather(apart.map((one) => one.payload)));
}
