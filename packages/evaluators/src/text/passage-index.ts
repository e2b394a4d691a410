import type { SourcePassage } from './source-passages.ts';
import { contentTerms, termsOf } from './terms.ts';
import type { Term } from './terms.ts';

export type IndexedPassage = SourcePassage & {
  readonly terms: readonly Term[];
  /** Forms of its content terms. */
  readonly forms: ReadonlySet<string>;
  /** The same, together with those of its neighbours in the same text. */
  readonly nearby: ReadonlySet<string>;
};

/** How many entries one question may look at, and how many passages it then compares closely. */
const mostVisits = 2000;
const mostCompared = 8;

export type PassageIndex = {
  readonly size: number;
  /** The passages that share most with the terms, best first; at most 8. */
  nearest(terms: readonly Term[]): readonly IndexedPassage[];
  /** Whether a form occurs anywhere in the sources. */
  has(form: string): boolean;
  /** Entries looked at so far: work grows with the number of questions, not with its product with the passages. */
  readonly visits: () => number;
};

/** Finds passages by the terms they hold, rare terms first. */
export function indexPassages(passages: readonly SourcePassage[]): PassageIndex {
  const cut = passages.map((passage) => {
    const terms = termsOf(passage.text);
    return { ...passage, terms, forms: new Set(contentTerms(terms).map(({ form }) => form)) };
  });
  const entries: readonly IndexedPassage[] = cut.map((passage, at) => {
    const beside = [cut[at - 1], cut[at + 1]].filter((other) => other?.part === passage.part);
    return { ...passage, nearby: new Set([...passage.forms, ...beside.flatMap((other) => [...(other?.forms ?? [])])]) };
  });
  const postings = new Map<string, number[]>();
  for (const [at, { forms }] of entries.entries()) {
    for (const form of forms) {
      const list = postings.get(form);
      if (list === undefined) postings.set(form, [at]);
      else list.push(at);
    }
  }
  let visits = 0;

  return {
    size: entries.length,
    has: (form) => postings.has(form),
    visits: () => visits,
    nearest(terms) {
      const lists = [...new Set(contentTerms(terms).map(({ form }) => form))]
        .map((form) => postings.get(form) ?? [])
        .sort((left, right) => left.length - right.length);
      const shared = new Map<number, number>();
      let left = mostVisits;
      for (const list of lists) {
        for (const at of list.slice(0, left)) shared.set(at, (shared.get(at) ?? 0) + 1 / Math.log2(2 + list.length));
        visits += Math.min(left, list.length);
        left -= Math.min(left, list.length);
      }
      return [...shared]
        .sort(([leftAt, a], [rightAt, b]) => b - a || leftAt - rightAt)
        .slice(0, mostCompared)
        .flatMap(([at]) => entries[at] ?? []);
    },
  };
}
