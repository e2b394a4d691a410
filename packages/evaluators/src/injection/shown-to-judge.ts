/**
 * What a judge is shown of a value. A judge reads only the beginning of what is
 * very long, so of that it gets the suspicious stretches with what stands
 * around them; and what is hidden in a code it gets as it reads.
 */
import type { Json, Subject } from '@telos/core';
import type { PlacedText } from '@telos/core';
import type { Suspicion } from './model/assess.ts';

export type Placed = { readonly placed: PlacedText; readonly suspicion: Suspicion };

/** In UTF-16 units: shown whole up to this. */
const longestWhole = 20_000;
/** Before and behind a stretch. */
const around = 1500;
const longestStretch = 4000;

export function shownToJudge({ value, text }: Subject, worst: readonly Placed[]): Pick<Subject, 'value' | 'text'> {
  const hidden = worst.flatMap(({ suspicion: { inner } }): Json[] =>
    inner === undefined ? [] : [{ form: inner.form, reads: inner.text.slice(0, longestStretch).toWellFormed() }],
  );
  const isWhole = text.length <= longestWhole;
  if (isWhole && hidden.length === 0) return { value, text };
  const shown: Json = {
    ...(isWhole ? { text: value } : { excerpts: worst.map(excerptOf) }),
    ...(hidden.length === 0 ? {} : { hidden_in_it: hidden }),
  };
  return { value: shown, text: JSON.stringify(shown) };
}

function excerptOf({ placed, suspicion: { start, end } }: Placed): Json {
  const from = Math.max(0, start - around);
  const to = Math.min(end, start + longestStretch) + around;
  return {
    ...(placed.pointer === '' ? {} : { at: placed.pointer }),
    start: from,
    text: placed.text.slice(from, to).toWellFormed(),
  };
}
