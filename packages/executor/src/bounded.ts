/**
 * Bounds on what tools and checks say: an event holds it inline, every page that
 * shows the run holds it again, and what is no JSON could never be read back.
 */
import { deepestValue, isJson } from '@telos/core';
import type { ErrorRecord, Json, JsonObject, ToolCallReport, Usage } from '@telos/core';

/** In characters: of a sentence that a person reads, and of one entry of what stands beside it. */
const sentenceLimit = 4000;
const entryLimit = 8000;

export function boundedText(text: string, limit = sentenceLimit): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length - limit} more characters)`;
}

/** The value when it is JSON of a moderate size; a note of its size when it is larger; undefined when it is no JSON, or nested too deep. */
export function boundedJson(value: unknown): Json | undefined {
  if (!isJson(value, deepestValue)) return undefined;
  const { length } = JSON.stringify(value);
  if (length <= entryLimit) return value;
  return typeof value === 'string' ? boundedText(value) : `(${length} characters of JSON)`;
}

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

/** Usage whose numbers are all at least 0. */
export function countable(usage: Usage): Usage {
  return {
    input_tokens: atLeastZero(usage.input_tokens),
    output_tokens: atLeastZero(usage.output_tokens),
    usd: atLeastZero(usage.usd),
    ms: atLeastZero(usage.ms),
    calls: atLeastZero(usage.calls),
  };
}

function atLeastZero(number: number): number {
  return Number.isFinite(number) && number > 0 ? number : 0;
}
