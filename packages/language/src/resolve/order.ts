/**
 * The order of one list of steps: each follows the one before it unless it
 * says `needs`. Finds unknown needs and circles, and answers who comes before whom.
 */
import type { Json } from '@telos/core';
import { isList } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Report } from './finding.ts';

export type Order = {
  /** Indexes of the steps, each behind those that it needs; what is in a circle comes last. */
  readonly sequence: readonly number[];
  /** Ids that must have finished, by index of the step. */
  readonly after: readonly (readonly string[])[];
  /** Whether the step at `before` always ends before the one at `index` starts. Also true within a circle, which is a fault of its own. */
  isAncestor(before: number, index: number): boolean;
};

export function orderOf(
  steps: readonly { readonly id: string | undefined; readonly needs: Json | undefined }[],
  indexOf: ReadonlyMap<string, number>,
  place: Place,
  report: Report,
): Order {
  const edges = steps.map((step, index) => {
    if (!isList(step.needs)) return index === 0 ? [] : [index - 1];
    const needed = step.needs.flatMap((id, position) => {
      if (typeof id !== 'string') return [];
      const found = indexOf.get(id);
      if (found !== undefined) return [found];
      const message = `there is no step \`${id}\` in this list`;
      report({
        code: 'UNKNOWN_STEP',
        place: [...place, index, 'needs', position],
        message,
        hint: suggestion(id, indexOf.keys()),
      });
      return [];
    });
    return [...new Set(needed)];
  });
  const { order, left } = topological(edges);
  for (const circle of circlesOf(edges, left)) {
    const names = circle.map((index) => steps[index]?.id ?? `step ${index + 1}`);
    const [first] = circle;
    report({
      code: 'CYCLE',
      place: [...place, first ?? 0, 'needs'],
      message: `steps wait for each other: ${[...names, names[0]].join(' <- ')}`,
      hint: 'remove one of these `needs`',
    });
  }
  const ancestors = ancestorSets(edges, order);
  const stuck = new Set(left);
  return {
    sequence: [...order, ...left],
    after: edges.map((list) => list.flatMap((index) => steps[index]?.id ?? [])),
    isAncestor: (before, index) => stuck.has(index) || hasBit(ancestors[index], before),
  };
}

/** Kahn's algorithm: an order in which every edge points backwards, and what is left in or behind circles. */
function topological(edges: readonly (readonly number[])[]): {
  readonly order: readonly number[];
  readonly left: readonly number[];
} {
  const waiting = edges.map((list) => list.length);
  const followers: number[][] = edges.map(() => []);
  for (const [index, list] of edges.entries()) for (const before of list) followers[before]?.push(index);
  const order = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  for (const index of order) {
    for (const follower of followers[index] ?? []) {
      const count = (waiting[follower] ?? 0) - 1;
      waiting[follower] = count;
      if (count === 0) order.push(follower);
    }
  }
  return { order, left: waiting.flatMap((count, index) => (count > 0 ? [index] : [])) };
}

/** Walks backwards from each stuck step until a step repeats; each circle once, from its earliest step. */
function circlesOf(edges: readonly (readonly number[])[], left: readonly number[]): readonly (readonly number[])[] {
  const stuck = new Set(left);
  const seen = new Set<number>();
  const circles: (readonly number[])[] = [];
  for (const start of left) {
    const path: number[] = [];
    let current: number | undefined = start;
    while (current !== undefined && !seen.has(current)) {
      seen.add(current);
      path.push(current);
      current = edges[current]?.find((before) => stuck.has(before));
    }
    const begin = current === undefined ? -1 : path.indexOf(current);
    if (begin === -1) continue;
    const circle = path.slice(begin);
    const turn = circle.indexOf(Math.min(...circle));
    circles.push([...circle.slice(turn), ...circle.slice(0, turn)]);
  }
  return circles;
}

type Bits = Uint32Array;

function ancestorSets(edges: readonly (readonly number[])[], order: readonly number[]): readonly (Bits | undefined)[] {
  const words = Math.ceil(edges.length / 32);
  const sets: (Bits | undefined)[] = Array.from({ length: edges.length });
  for (const index of order) {
    const bits = new Uint32Array(words);
    for (const before of edges[index] ?? []) {
      const inherited = sets[before];
      if (inherited !== undefined)
        for (let word = 0; word < words; word++) bits[word] = (bits[word] ?? 0) | (inherited[word] ?? 0);
      bits[before >> 5] = (bits[before >> 5] ?? 0) | (1 << (before & 31));
    }
    sets[index] = bits;
  }
  return sets;
}

function hasBit(bits: Bits | undefined, index: number): boolean {
  return bits !== undefined && ((bits[index >> 5] ?? 0) & (1 << (index & 31))) !== 0;
}
