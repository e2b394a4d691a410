import { errorRecordOf } from '@telos/core';
import type { CallRecord, Clock, Json, JsonObject, ToolContext } from '@telos/core';

/** What is known of a call before it is made. `input` must hold no secrets. */
export type Call = { readonly kind: CallRecord['kind']; readonly name: string; readonly input: Json };

/** What a call gave, and what of it goes into the journal. */
export type CallResult<T> = { readonly result: T; readonly output?: Json; readonly attributes?: JsonObject };

/** Makes a call and adds it to the journal and the trace, whether it succeeds or fails. */
export async function recordedCall<T>(
  context: Pick<ToolContext, 'record'>,
  clock: Clock,
  call: Call,
  make: () => Promise<CallResult<T>>,
): Promise<T> {
  const startedAt = clock.now();
  try {
    const { result, output, attributes } = await make();
    context.record({
      ...call,
      startedAt,
      ms: clock.now() - startedAt,
      ...(output === undefined ? {} : { output }),
      ...(attributes === undefined ? {} : { attributes }),
    });
    return result;
  } catch (error) {
    context.record({ ...call, startedAt, ms: clock.now() - startedAt, error: errorRecordOf(error) });
    throw error;
  }
}
