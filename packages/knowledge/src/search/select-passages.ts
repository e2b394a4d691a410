import type { StoredPassage } from '../index-file/collection-index.ts';

export type Candidate = StoredPassage & { readonly score: number };

/** A passage that shares this part of the smaller one's word triples with a chosen one says nothing new. */
const nearDuplicate = 0.8;
/** Each further passage of one document counts this much less, so that several documents get a word in. */
const repeatFactor = 0.85;

/**
 * Chooses what to show: best first, nothing twice, not all from one document.
 *
 * @param candidates Best first.
 * @returns At most `limit`, in the order of choice; scores are the candidates' own.
 */
export function selectPassages(candidates: readonly Candidate[], limit: number): readonly Candidate[] {
  const chosen: { readonly candidate: Candidate; readonly triples: ReadonlySet<string> }[] = [];
  const fromDocument = new Map<number, number>();
  const rest = [...candidates];
  while (chosen.length < limit && rest.length > 0) {
    let bestAt = 0;
    let bestWorth = -1;
    for (const [at, { document, score }] of rest.entries()) {
      if (score <= bestWorth) break;
      const worth = score * repeatFactor ** (fromDocument.get(document) ?? 0);
      if (worth > bestWorth) [bestAt, bestWorth] = [at, worth];
    }
    const [candidate] = rest.splice(bestAt, 1);
    if (candidate === undefined) break;
    const triples = wordTriples(candidate.text);
    if (chosen.some((other) => share(triples, other.triples) >= nearDuplicate)) continue;
    chosen.push({ candidate, triples });
    fromDocument.set(candidate.document, (fromDocument.get(candidate.document) ?? 0) + 1);
  }
  return chosen.map(({ candidate }) => candidate);
}

function wordTriples(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < 3) return new Set([words.join(' ')]);
  return new Set(words.slice(2).map((word, index) => `${words[index] ?? ''} ${words[index + 1] ?? ''} ${word}`));
}

/** The part of the smaller set that the other holds, in [0, 1]. Sets of very different size are never near. */
function share(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const [small, large] = left.size <= right.size ? [left, right] : [right, left];
  if (small.size * 2 < large.size) return 0;
  let shared = 0;
  for (const triple of small) if (large.has(triple)) shared += 1;
  return shared / Math.max(1, small.size);
}
