import type { CollectionIndex } from '../index-file/collection-index.ts';
import { carriesMeaning, matchAny, termsOf } from './query-terms.ts';

/** A passage and how well it did; scores of one list are comparable, of two lists not. */
export type Ranked = { readonly id: number; readonly score: number };

/** Passages looked at below the first few. */
const depth = 300;
/** Feedback: words shared by the first passages are looked up too, at a part of the query's own weight. */
const feedback = { passages: 5, terms: 10, weight: 0.4, fromHits: 10 };

/**
 * Ranks by BM25, then again with pseudo-relevance feedback: words that at least
 * two of the best passages share stand for what the question did not say
 * (Rocchio, "Relevance feedback in information retrieval", 1971).
 *
 * @returns Best first; the first passage of a list scores at least 1 x its share.
 */
export function lexicalSearch(index: CollectionIndex, collection: number, query: string): readonly Ranked[] {
  const terms = termsOf(query);
  const expression = matchAny(terms);
  if (expression === undefined) return [];
  const first = index.match(collection, expression, depth);
  const added = first.length < feedback.fromHits ? undefined : matchAny(feedbackTerms(index, first, new Set(terms)));
  const second = added === undefined ? [] : index.match(collection, added, depth);

  const scores = new Map<number, number>();
  for (const [list, weight] of [
    [first, 1],
    [second, feedback.weight],
  ] as const) {
    const best = list[0]?.score ?? 1;
    for (const { id, score } of list) scores.set(id, (scores.get(id) ?? 0) + (weight * score) / best);
  }
  return [...scores]
    .map(([id, score]) => ({ id, score }))
    .sort((left, right) => right.score - left.score || left.id - right.id)
    .slice(0, depth);
}

function feedbackTerms(index: CollectionIndex, hits: readonly Ranked[], asked: ReadonlySet<string>): readonly string[] {
  const top = hits.slice(0, feedback.passages);
  const scores = new Map(top.map(({ id, score }) => [id, score]));
  const found = new Map<string, { passages: number; weight: number }>();
  for (const { id, text } of index.passages(top.map((hit) => hit.id))) {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const share = (scores.get(id) ?? 0) / Math.max(1, words.length);
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      if (word.length < 3 || asked.has(word) || !carriesMeaning(word)) continue;
      const entry = found.get(word) ?? { passages: 0, weight: 0 };
      found.set(word, { passages: entry.passages + 1, weight: entry.weight + share * count });
    }
  }
  return [...found]
    .filter(([, { passages }]) => passages > 1)
    .sort(([left, a], [right, b]) => b.weight - a.weight || (left < right ? -1 : 1))
    .slice(0, feedback.terms)
    .map(([term]) => term);
}
