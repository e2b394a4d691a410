/** Spans that a check found beside the spans that people marked. */
import type { Verdict } from '@telos/core';
import { z } from 'zod';
import type { Span } from './labelled-case.ts';

const Found = z.array(z.object({ type: z.string(), start: z.number(), end: z.number() }));
const Evidence = z.union([Found, z.object({ findings: Found }).transform(({ findings }) => findings)]);

/** The findings of a verdict: its evidence when that is a list of { type, start, end }, or the `findings` in it. */
export function spansFound({ evidence }: Verdict): readonly Span[] {
  return Evidence.safeParse(evidence).data ?? [];
}

/** `exact`: the same place to the character. `overlap`: one character in common. Either way, the same type. */
export type Matching = 'exact' | 'overlap';

export type SpanCount = { readonly right: number; readonly wrong: number; readonly missed: number };

/** By type. A found span matches one marked span at most, and the other way round. */
export function countSpans(
  marked: readonly Span[],
  found: readonly Span[],
  matching: Matching,
): ReadonlyMap<string, SpanCount> {
  const counts = new Map<string, SpanCount>();
  for (const type of new Set([...marked, ...found].map((span) => span.type))) {
    const open = found.filter((span) => span.type === type);
    const all = open.length;
    const ofType = marked.filter((span) => span.type === type);
    for (const span of ofType) {
      const at = open.findIndex((other) =>
        matching === 'exact'
          ? other.start === span.start && other.end === span.end
          : other.start < span.end && span.start < other.end,
      );
      if (at >= 0) open.splice(at, 1);
    }
    const right = all - open.length;
    counts.set(type, { right, wrong: open.length, missed: ofType.length - right });
  }
  return counts;
}
