/**
 * Bounds on what checks and tools say: an event holds it inline, every page that
 * shows the run holds it again, and what is no JSON could never be read back.
 */
import { deepestValue, isJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { Usage } from '../usage.ts';

/** In characters: of a sentence that a person reads, and of one entry of what stands beside it. */
const sentenceLimit = 4000;
const entryLimit = 8000;

export function boundedText(text: string, limit = sentenceLimit): string {
  if (text.length <= limit) return text;
  const shown = beginningOf(text, limit);
  return `${shown}… (${text.length - shown.length} more characters)`;
}

/** At most so many characters of a text; never half of one that takes two places, which is no text to whoever reads it. */
export function beginningOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isHalf = length < text.length && last >= 0xd8_00 && last <= 0xdb_ff;
  return text.slice(0, isHalf ? length - 1 : length);
}

/** The value when it is JSON of a moderate size; a note of its size when it is larger; undefined when it is no JSON, or nested too deep. */
export function boundedJson(value: unknown): Json | undefined {
  if (!isJson(value, deepestValue)) return undefined;
  const { length } = JSON.stringify(value);
  if (length <= entryLimit) return value;
  return typeof value === 'string' ? boundedText(value) : `(${length} characters of JSON)`;
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

export function atLeastZero(number: number): number {
  return Number.isFinite(number) && number > 0 ? number : 0;
}
