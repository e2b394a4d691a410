/** Bounds on what tools and checks say, where it is more than a sentence: an event holds it inline. */
import { atLeastZero, boundedJson, boundedText, countable } from '@telos/core';
import type { ErrorRecord, Json, JsonObject, ToolCallReport } from '@telos/core';

export function boundedError(error: ErrorRecord): ErrorRecord {
  const { details, ...rest } = error;
  const kept: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(details ?? {})) {
    const entry = boundedJson(value);
    if (entry !== undefined) kept[name] = entry;
  }
  return {
    ...rest,
    message: boundedText(error.message),
    ...(error.next === undefined ? {} : { next: boundedText(error.next) }),
    ...(Object.keys(kept).length === 0 ? {} : { details: kept satisfies JsonObject }),
  };
}

/** A call whose numbers are numbers: what is not finite, or less than nothing, counts as nothing. */
export function boundedCall(call: ToolCallReport): ToolCallReport {
  const { usage, error } = call;
  return {
    ...call,
    startedAt: atLeastZero(call.startedAt),
    ms: atLeastZero(call.ms),
    ...(usage === undefined ? {} : { usage: countable(usage) }),
    ...(error === undefined ? {} : { error: boundedError(error) }),
  };
}
