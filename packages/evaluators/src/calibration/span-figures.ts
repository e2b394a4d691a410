import type { Verdict } from '@telos/core';
import { findingOf } from './confusion.ts';
import type { Finding } from './confusion.ts';
import type { LabelledCase, Span } from './labelled-case.ts';
import { countSpans, spansFound } from './match-spans.ts';
import type { Matching, SpanCount } from './match-spans.ts';

export type SpanOptions = {
  /** Default `exact`. */
  readonly matching?: Matching;
  /** What the check calls a type of the labels, where it has another name for it. */
  readonly typeNames?: ReadonlyMap<string, string>;
  /** Only these types, by the check's names; absent: all. */
  readonly types?: ReadonlySet<string>;
};

type SpanFigures = { readonly marked: number; readonly figures: (weights: Float64Array) => Finding };

/** Figures over all spans together, and by type in alphabetical order. A verdict of `error` found nothing. */
export function spanFigures(
  judged: readonly { readonly case: LabelledCase; readonly verdict: Verdict }[],
  { matching = 'exact', typeNames = new Map(), types }: SpanOptions,
): { readonly all: SpanFigures; readonly types: ReadonlyMap<string, SpanFigures> } {
  const named = (spans: readonly Span[]): readonly Span[] =>
    spans
      .map((span) => ({ ...span, type: typeNames.get(span.type) ?? span.type }))
      .filter(({ type }) => types === undefined || types.has(type));
  const rows = judged.map(({ case: { label }, verdict }) => {
    const marked = label.kind === 'spans' ? named(label.spans) : [];
    const found = verdict.verdict === 'error' ? [] : spansFound(verdict).filter(({ type }) => types?.has(type) ?? true);
    return countSpans(marked, found, matching);
  });
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))].toSorted();
  const byType = new Map(names.map((name) => [name, rows.map((row) => row.get(name) ?? none)]));
  const all = rows.map((row) => [...row.values()].reduce(added, none));
  return { all: figuresOf(all), types: new Map([...byType].map(([name, counts]) => [name, figuresOf(counts)])) };
}

const none: SpanCount = { right: 0, wrong: 0, missed: 0 };

function figuresOf(rows: readonly SpanCount[]): SpanFigures {
  const total = rows.reduce(added, none);
  return {
    marked: total.right + total.missed,
    figures(weights) {
      let [right, wrong, missed] = [0, 0, 0];
      for (const [at, row] of rows.entries()) {
        const weight = weights[at] ?? 0;
        right += weight * row.right;
        wrong += weight * row.wrong;
        missed += weight * row.missed;
      }
      return findingOf(right, wrong, missed);
    },
  };
}

function added(left: SpanCount, right: SpanCount): SpanCount {
  return { right: left.right + right.right, wrong: left.wrong + right.wrong, missed: left.missed + right.missed };
}
