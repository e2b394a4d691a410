/**
 * Passages by how well they answer a question, by words alone: BM25 over
 * sentences (k1 1.2, b 0.5), where the words of the heading, the title and the
 * source's name count a little too. For a summary without a question, by how
 * central a sentence is: how much of the sources' common vocabulary it holds.
 */
import type { Passage } from './source.ts';

export type Ranked = {
  readonly passage: Passage;
  /** Comparable within one ranking only; > 0. */
  readonly score: number;
  /** Share of the question's words that the passage or its heading holds, weighted by rarity; in [0, 1]. */
  readonly coverage: number;
};

const k1 = 1.2;
const b = 0.5;
/** What a row of a Markdown table counts, against 1 for a sentence: it answers less often, and reads badly when quoted. */
const tableRowWeight = 0.5;
/** What a word of the heading counts, against 1 in the sentence. */
const aroundWeight = 0.4;

/** Best first; ties in the order of the sources. Passages that share no word with the question are left out. */
export function rankPassages(passages: readonly Passage[], query: readonly string[]): readonly Ranked[] {
  const wanted = [...new Set(query)];
  if (wanted.length === 0 || passages.length === 0) return [];
  const rarity = rarityOf(passages, wanted);
  const total = wanted.reduce((sum, term) => sum + (rarity.get(term) ?? 0), 0);
  const meanLength = passages.reduce((sum, { terms }) => sum + terms.length, 0) / passages.length || 1;
  return passages
    .flatMap((passage): readonly Ranked[] => {
      let score = 0;
      let covered = 0;
      let inSentence = false;
      for (const term of wanted) {
        const times = passage.terms.reduce((count, each) => (each === term ? count + 1 : count), 0);
        const around = passage.around.has(term) ? aroundWeight : 0;
        if (times + around === 0) continue;
        inSentence ||= times > 0;
        const weight = rarity.get(term) ?? 0;
        const frequency = times + around;
        score += (weight * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * passage.terms.length) / meanLength));
        covered += weight * (times > 0 ? 1 : 0.7);
      }
      if (passage.text.trimStart().startsWith('|')) score *= tableRowWeight;
      return inSentence ? [{ passage, score, coverage: covered / total }] : [];
    })
    .sort((left, right) => right.score - left.score);
}

/** Passages that are most like all the others together, best first, early ones a little favoured. */
export function rankCentral(passages: readonly Passage[]): readonly Ranked[] {
  const frequency = new Map<string, number>();
  for (const { terms } of passages) {
    for (const term of new Set(terms)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  return passages
    .map((passage, position): Ranked => {
      const terms = new Set(passage.terms);
      let common = 0;
      for (const term of terms) common += (frequency.get(term) ?? 0) - 1;
      const lead = 1 + 0.2 / (1 + position);
      // The square root keeps long sentences from winning by length, and short ones from winning by brevity.
      return { passage, score: (lead * (common + 1)) / Math.sqrt(Math.max(4, terms.size)), coverage: 1 };
    })
    .sort((left, right) => right.score - left.score);
}

/** Inverse document frequency. A word that no passage holds weighs as much as one that a single passage holds. */
function rarityOf(passages: readonly Passage[], wanted: readonly string[]): ReadonlyMap<string, number> {
  const count = passages.length;
  return new Map(
    wanted.map((term) => {
      const holding = passages.filter(({ terms, around }) => terms.includes(term) || around.has(term)).length;
      const seen = Math.max(1, holding);
      return [term, Math.log(1 + (count - seen + 0.5) / (seen + 0.5)) + 0.1];
    }),
  );
}
