import type { Part } from '../text/analysis.ts';
import type { Group, Sink } from '../text/features.ts';
import type { Window } from '../text/windows.ts';
import type { HeadName } from './heads.ts';
import { placesOf, scaleOf } from './linear-model.ts';
import { headOf } from './models.ts';
import { visitWindows } from './visit-windows.ts';

/** A stretch of the text, in UTF-16 units, and what it adds to the log odds. */
export type Weight = { readonly start: number; readonly end: number; readonly weight: number };

const mostTold = 4;
/** In tokens: what is longer names no place. */
const longest = 12;

/**
 * The stretches of a window that speak most for an attack, heaviest first. What
 * stands inside a code has no place of its own, so there are none in it.
 */
export function weightsOf(part: Part, wanted: Window, name: HeadName, offset: number): readonly Weight[] {
  if (part.inner !== undefined) return [];
  const head = headOf(name);
  const { model } = head;
  const counts = [0, 0, 0];
  const seen = new Map<number, { group: Group; token: number; end: number; weight: number }>();
  const sink: Sink = (group, feature, token, end) => {
    const place = placesOf(feature);
    if (seen.has(place)) return;
    counts[group] = (counts[group] ?? 0) + 1;
    seen.set(place, { group, token, end, weight: (model.weights[place] ?? 0) * model.unit });
  };
  visitWindows(part, head, { begin: () => {}, sink, end: () => {} }, wanted);
  const sums = new Map<string, Weight>();
  for (const { group, token, end, weight } of seen.values()) {
    if (end <= token || end - token > longest) continue;
    const place = placeIn(part, token, end, offset);
    const key = `${place.start} ${place.end}`;
    const scaled = weight * scaleOf(group, counts[group] ?? 0);
    sums.set(key, { ...place, weight: (sums.get(key)?.weight ?? 0) + scaled });
  }
  const kept: Weight[] = [];
  for (const each of [...sums.values()].toSorted((left, right) => right.weight - left.weight)) {
    if (kept.length === mostTold || each.weight <= 0) break;
    if (kept.every(({ start, end }) => each.end <= start || end <= each.start)) kept.push(each);
  }
  return kept;
}

function placeIn({ tokens }: Part, token: number, end: number, offset: number): { start: number; end: number } {
  const { from, original } = tokens.folded;
  const last = tokens.ends[end - 1] ?? 0;
  return {
    start: offset + (from[tokens.starts[token] ?? 0] ?? 0),
    end: offset + (last < from.length ? (from[last] ?? original.length) : original.length),
  };
}
