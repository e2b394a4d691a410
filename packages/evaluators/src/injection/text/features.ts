/**
 * What the model sees of a window: which concepts it holds, which of them stand
 * together and in what order, and its words. Whether, not how often, so that a
 * long text weighs no more than a short one.
 */
import { conceptNames } from '../lexicon/lexicon.ts';
import { combined } from './hash.ts';
import type { Occurrence } from './occurrences.ts';
import { questionMark } from './sentence-ends.ts';
import type { Tokens } from './tokens.ts';
import type { Window } from './windows.ts';

/** Concepts, combinations of concepts, words and their neighbours. Each group is scaled by itself. */
export const groups = [0, 1, 2] as const;
export type Group = (typeof groups)[number];
const conceptGroup = 0;
const pairGroup = 1;
const wordGroup = 2;

/** @param token The place that the feature comes from: its occurrence, or its word. */
export type Sink = (group: Group, feature: number, token: number, end: number) => void;

const single = 1;
const leading = 2;
const together = 3;
const near = 4;
const triple = 5;
const ending = 6;
const situation = 7;
const said = 8;
const opening = 9;
const word = 11;
const pair = 12;
const skip = 13;
const opener = 14;

/** Looked at in one window; a window that holds more is dense with them anyway. */
const mostConcepts = 40;
const nearBy = 8;
const furthest = 6;

/** By concept, the last window that had it: cheaper than a set for each window. */
const lastSeen = new Uint32Array(conceptNames.length);
let turn = 0;
/** The first occurrence of each concept of a window. */
const distinct = new Int32Array(mostConcepts);

/**
 * @param occurrences Those of the text, in order; the window has those from `first` to before `last`.
 * @param surroundings What stands around the window, as a number; 0: not looked at.
 */
export function featuresOf(
  tokens: Tokens,
  window: Window,
  occurrences: readonly Occurrence[],
  first: number,
  last: number,
  surroundings: number,
  sink: Sink,
): void {
  const asks = tokens.breaks[window.to] === questionMark ? 2 : 1;
  sink(conceptGroup, combined(ending, asks), window.from, window.to);
  if (surroundings > 0) {
    sink(conceptGroup, combined(situation, surroundings), window.from, window.to);
    sink(conceptGroup, combined(situation, combined(surroundings, 1000 + asks)), window.from, window.to);
  }
  const count = distinctIn(occurrences, first, last);
  const begins = count > 0 ? (occurrences[distinct[0] ?? 0]?.concept ?? -1) : -1;
  for (let at = 0; at < count; at += 1) {
    const occurrence = occurrences[distinct[at] ?? 0];
    if (occurrence === undefined) break;
    const { concept, token, end, quoted } = occurrence;
    sink(conceptGroup, combined(single, concept), token, end);
    sink(conceptGroup, combined(ending, combined(asks, concept)), token, end);
    if (quoted) sink(conceptGroup, combined(said, concept), token, end);
    if (token <= window.from) sink(conceptGroup, combined(leading, concept), token, end);
    if (at > 0) sink(pairGroup, combined(opening, combined(begins, concept)), token, end);
    if (surroundings > 0) sink(pairGroup, combined(situation, combined(surroundings, concept)), token, end);
    for (let next = at + 1; next < count; next += 1) {
      const other = occurrences[distinct[next] ?? 0];
      if (other === undefined) break;
      const low = Math.min(concept, other.concept);
      const high = Math.max(concept, other.concept);
      sink(pairGroup, combined(together, combined(low, high)), token, other.end);
    }
  }
  for (let at = first; at < last; at += 1) neighbours(occurrences, at, last, sink);
  wordFeatures(tokens, window, sink);
}

function distinctIn(occurrences: readonly Occurrence[], first: number, last: number): number {
  turn = turn === 0xffffffff ? 1 : turn + 1;
  let count = 0;
  for (let at = first; at < last && count < mostConcepts; at += 1) {
    const concept = occurrences[at]?.concept ?? 0;
    if (lastSeen[concept] === turn) continue;
    lastSeen[concept] = turn;
    distinct[count] = at;
    count += 1;
  }
  return count;
}

/** Concepts that follow one another closely, by twos and threes. */
function neighbours(occurrences: readonly Occurrence[], at: number, last: number, sink: Sink): void {
  const occurrence = occurrences[at];
  if (occurrence === undefined) return;
  const { concept, token } = occurrence;
  for (let next = at + 1; next <= at + furthest && next < last; next += 1) {
    const other = occurrences[next];
    if (other === undefined || other.token - token > nearBy) return;
    if (other.concept === concept) continue;
    sink(pairGroup, combined(near, combined(concept, other.concept)), token, other.end);
    const third = next + 1 < last ? occurrences[next + 1] : undefined;
    if (third === undefined || third.token - token > nearBy || third.concept === other.concept) continue;
    sink(pairGroup, combined(triple, combined(concept, combined(other.concept, third.concept))), token, third.end);
  }
}

function wordFeatures(tokens: Tokens, { from, to }: Window, sink: Sink): void {
  const opens = tokens.words[from]?.hash ?? 0;
  sink(wordGroup, combined(opener, opens), from, from + 1);
  sink(
    wordGroup,
    combined(opener, combined(opens, tokens.words[from + 1]?.hash ?? 0)),
    from,
    Math.min(from + 2, tokens.count),
  );
  for (let at = from; at < to; at += 1) {
    const here = tokens.words[at]?.hash ?? 0;
    sink(wordGroup, combined(word, here), at, at + 1);
    if (at + 1 >= to) continue;
    sink(wordGroup, combined(pair, combined(here, tokens.words[at + 1]?.hash ?? 0)), at, at + 2);
    if (at + 2 < to) sink(wordGroup, combined(skip, combined(here, tokens.words[at + 2]?.hash ?? 0)), at, at + 3);
  }
}
