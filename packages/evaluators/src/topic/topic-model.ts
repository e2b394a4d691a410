/**
 * Whether a text is inside or outside, by the texts that are known of each.
 *
 * A text is inside as far as some topic inside claims it, and
 *   - with texts known on both sides: the more of its neighbours are inside;
 *   - else: the more is known of its like at all.
 * The line is drawn where the known texts themselves, each left out in turn,
 * are told apart best; without known texts outside, where nine in ten of those
 * inside stay inside.
 */
import { regressionOf } from './kernel-regression.ts';
import { countsOf, rarityOf, vectorOf } from './text-vector.ts';
import type { Vector } from './text-vector.ts';
import type { Topic } from './topic-params.ts';

export type Nearest = { readonly topic: string; readonly text: string; readonly likeness: number };

export type TopicModel = (text: string) => {
  /** How surely the text is inside, in [0, 1]; 0.5 is the line. */
  readonly score: number;
  readonly inside?: Nearest;
  readonly outside?: Nearest;
};

type Known = { readonly isInside: boolean; readonly topic: number; readonly text: string };

/** Fitting takes the cube of this many steps. Of more texts each topic keeps its share. */
const mostKnown = 1200;
/** With fewer texts on a side, leaving one out says nothing about the line. */
const fewest = 12;
/** The value of a text that shares a word with what is known on one side, and nothing is known on the other. -1: shares nothing. */
const hardlyKnown = -0.8;
/** The same where something is known on both sides; 0: shares nothing with either. */
const nearNothing = 0.12;

/** @param strangersAre Where a text belongs of whose like nothing is known. */
export function fitTopics(
  inside: readonly Topic[],
  outside: readonly Topic[],
  strangersAre: 'inside' | 'outside',
): TopicModel {
  const topics = [...inside, ...outside];
  const known = knownTexts(inside, outside);
  // Many examples show how people ask about a topic; a few only what about.
  const functionWeight = Math.min(1, 0.2 + known.length / 250);
  const counts = known.map(({ text }) => countsOf(text, functionWeight));
  const rarity = rarityOf(counts);
  const vectors = counts.map((each) => vectorOf(each, rarity));
  const postings = postingsOf(vectors);
  const likenessesOf = (vector: Vector): Float64Array => {
    const likenesses = new Float64Array(known.length);
    for (const [key, weight] of vector) {
      for (const { at, weight: other } of postings.get(key) ?? [])
        likenesses[at] = (likenesses[at] ?? 0) + weight * other;
    }
    return likenesses;
  };

  const both = inside.length > 0 && outside.length > 0;
  const claiming = inside.length > 0 ? inside : outside;
  const firstClaiming = inside.length > 0 ? 0 : inside.length;
  const regression = regressionOf(vectors.map(likenessesOf), [
    Float64Array.from(known, ({ isInside }) => (isInside ? 1 : -1)),
    ...claiming.map((_, at) => Float64Array.from(known, ({ topic }) => (topic === firstClaiming + at ? 1 : 0))),
  ]);
  const valueOf = ({ values: [side = 0, ...claims], variance }: ReturnType<typeof regression.leftOut>): number => {
    const strongest = claims.reduce((most, claim) => Math.max(most, claim), 0);
    if (both) return side + strongest;
    return inside.length > 0 ? strongest - variance : variance - strongest;
  };
  const told = known.map((_, at) => valueOf(regression.leftOut(at)));
  const { line, spread } = lineBetween(
    told.filter((_, at) => known[at]?.isInside === true),
    told.filter((_, at) => known[at]?.isInside === false),
    strangersAre,
  );

  return (text) => {
    const likenesses = likenessesOf(vectorOf(countsOf(text, functionWeight), rarity));
    const [near, far] = [nearest(true, likenesses), nearest(false, likenesses)];
    return {
      score: 1 / (1 + Math.exp((line - valueOf(regression.at(likenesses))) / spread)),
      ...(near === undefined ? {} : { inside: near }),
      ...(far === undefined ? {} : { outside: far }),
    };
  };

  function nearest(isInside: boolean, likenesses: Float64Array): Nearest | undefined {
    let best: Nearest | undefined;
    for (const [at, each] of known.entries()) {
      const likeness = likenesses[at] ?? 0;
      if (each.isInside !== isInside || likeness <= (best?.likeness ?? 0)) continue;
      best = { topic: topics[each.topic]?.name ?? '', text: each.text, likeness };
    }
    return best;
  }
}

function knownTexts(inside: readonly Topic[], outside: readonly Topic[]): readonly Known[] {
  const all = [...inside, ...outside].map(({ texts }) => texts);
  const share = Math.min(1, mostKnown / all.reduce((sum, { length }) => sum + length, 0));
  return all.flatMap((texts, topic) => {
    const kept = Math.max(1, Math.floor(texts.length * share));
    const step = texts.length / kept;
    return Array.from({ length: kept }, (_, at): Known => ({
      isInside: topic < inside.length,
      topic,
      text: texts[Math.floor(at * step)] ?? '',
    }));
  });
}

/** Where the sides are told apart best, each being of the same weight; and how sharply. */
function lineBetween(
  inside: readonly number[],
  outside: readonly number[],
  strangersAre: 'inside' | 'outside',
): { readonly line: number; readonly spread: number } {
  const at = (values: readonly number[], part: number): number =>
    values.toSorted((left, right) => left - right)[Math.floor(values.length * part)] ?? 0;
  const spread = Math.max(0.05, deviation(inside.length > 0 ? inside : outside) / 2);
  if (outside.length === 0)
    return { line: inside.length < fewest ? hardlyKnown : Math.max(hardlyKnown, at(inside, 0.1)), spread };
  if (inside.length === 0)
    return { line: outside.length < fewest ? -hardlyKnown : Math.min(-hardlyKnown, at(outside, 0.9)), spread };
  const line = inside.length >= fewest && outside.length >= fewest ? dividing(inside, outside) : 0;
  return { line: strangersAre === 'outside' ? Math.max(line, nearNothing) : Math.min(line, -nearNothing), spread };
}

function dividing(inside: readonly number[], outside: readonly number[]): number {
  const all = [
    ...inside.map((value) => ({ value, isInside: true })),
    ...outside.map((value) => ({ value, isInside: false })),
  ];
  all.sort((left, right) => left.value - right.value);
  let [kept, caught] = [1, 0];
  let best = { line: all[0]?.value ?? 0, right: 0 };
  for (const { value, isInside } of all) {
    if (kept + caught > best.right) best = { line: value, right: kept + caught };
    if (isInside) kept -= 1 / inside.length;
    else caught += 1 / outside.length;
  }
  return best.line;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length));
}

function postingsOf(
  vectors: readonly Vector[],
): ReadonlyMap<string, readonly { readonly at: number; readonly weight: number }[]> {
  const postings = new Map<string, { at: number; weight: number }[]>();
  for (const [at, vector] of vectors.entries()) {
    for (const [key, weight] of vector) {
      const list = postings.get(key);
      if (list === undefined) postings.set(key, [{ at, weight }]);
      else list.push({ at, weight });
    }
  }
  return postings;
}
