import type { Pace } from './pace.ts';
import type { SourcePassage } from './source-passages.ts';
import { contentTerms, termsOf } from './terms.ts';
import type { Term } from './terms.ts';

export type IndexedPassage = SourcePassage & {
  readonly terms: readonly Term[];
  /** Forms of its content terms. */
  readonly forms: ReadonlySet<string>;
  readonly position: number;
};

/** How many entries one question may look at, and how many passages it then compares closely. */
const mostVisits = 2000;
const mostCompared = 8;

export type PassageIndex = {
  readonly size: number;
  /** The passages that share most with the terms, best first; at most 8. Looks at no more than 2,000 entries. */
  nearest(terms: readonly Term[]): Promise<readonly IndexedPassage[]>;
  /** The forms of a passage together with those of its neighbours in the same text. */
  around(passage: IndexedPassage): ReadonlySet<string>;
};

/**
 * Finds passages by the terms they hold, rare terms first.
 *
 * @returns undefined when the passages hold more than `mostWords` words.
 */
export async function indexPassages(
  passages: Iterable<SourcePassage>,
  pace: Pace,
  mostWords = Number.POSITIVE_INFINITY,
): Promise<PassageIndex | undefined> {
  const entries: IndexedPassage[] = [];
  const postings = new Map<string, number[]>();
  let words = 0;
  for (const passage of passages) {
    const terms = termsOf(passage.text);
    words += terms.length;
    if (words > mostWords) return undefined;
    const forms = new Set(contentTerms(terms).map(({ form }) => form));
    for (const form of forms) {
      const list = postings.get(form);
      if (list === undefined) postings.set(form, [entries.length]);
      else list.push(entries.length);
    }
    entries.push({ ...passage, terms, forms, position: entries.length });
    await pace.spend(1 + terms.length);
  }

  return {
    size: entries.length,
    around({ position, part, forms }) {
      const beside = [entries[position - 1], entries[position + 1]].filter((other) => other?.part === part);
      return new Set([...forms, ...beside.flatMap((other) => [...(other?.forms ?? [])])]);
    },
    async nearest(terms) {
      const lists = [...new Set(contentTerms(terms).map(({ form }) => form))]
        .map((form) => postings.get(form) ?? [])
        .sort((left, right) => left.length - right.length);
      const shared = new Map<number, number>();
      let left = mostVisits;
      for (const list of lists) {
        for (const at of list.slice(0, left)) shared.set(at, (shared.get(at) ?? 0) + 1 / Math.log2(2 + list.length));
        left -= Math.min(left, list.length);
      }
      await pace.spend(lists.length + mostVisits - left);
      return [...shared]
        .sort(([leftAt, a], [rightAt, b]) => b - a || leftAt - rightAt)
        .slice(0, mostCompared)
        .flatMap(([at]) => entries[at] ?? []);
    },
  };
}
