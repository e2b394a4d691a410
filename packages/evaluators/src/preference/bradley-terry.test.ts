import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf, strengthsOf } from './bradley-terry.ts';
import type { Game } from './bradley-terry.ts';

const played = (first: number, second: number, ...scores: number[]): readonly Game[] =>
  scores.map((score) => ({ first, second, score }));
const strengths = (count: number, games: readonly Game[]) => strengthsOf(count, games).map(({ strength }) => strength);

describe('strengths from games', () => {
  it('order players by what they won, also against strong ones', () => {
    const games = [...played(0, 1, 1, 1, 1), ...played(1, 2, 1, 1, 0), ...played(0, 2, 1, 1, 1)];
    const [a = 0, b = 0, c = 0] = strengths(3, games);
    expect(a).toBeGreaterThan(b);
    expect(b).toBeGreaterThan(c);
  });

  it('give back the chances that games were drawn from', () => {
    const games = [...played(0, 1, ...Array.from({ length: 3000 }, (_, at) => (at % 4 === 0 ? 0 : 1)))];
    const [a = 0, b = 0] = strengths(2, games);
    expect(chanceOf(a - b)).toBeCloseTo(0.75, 2);
  });

  it('take a tie for half a win for each', () => {
    expect(strengths(2, played(0, 1, 0.5, 0.5))).toEqual([0, 0]);
    expect(strengths(2, played(0, 1, 1, 0))).toEqual([0, 0]);
  });

  it('have narrower intervals the more was played, and a wide one for who never played', () => {
    const width = (games: readonly Game[], at = 0): number => {
      const found = strengthsOf(3, games)[at];
      return found === undefined ? 0 : found.high - found.low;
    };
    const few = played(0, 1, 1, 0);
    const many = played(0, 1, ...Array.from({ length: 100 }, (_, at) => at % 2));
    expect(width(many)).toBeLessThan(width(few));
    expect(width(many, 2)).toBeGreaterThan(width(many));
  });

  it('have the intervals of a textbook: of two who met often, half of those of the difference', () => {
    const games = played(0, 1, ...Array.from({ length: 1000 }, (_, at) => (at % 4 === 0 ? 0 : 1)));
    const [first] = strengthsOf(2, games);
    const ofDifference = 1.96 / Math.sqrt(1000 * 0.75 * 0.25);
    expect(first?.strength).toBeCloseTo(Math.log(3) / 2, 2);
    expect(((first?.high ?? 0) - (first?.low ?? 0)) / 2).toBeCloseTo(ofDifference / 2, 3);
  });

  it('have the intervals that another way to compute them gives', () => {
    const games = [
      ...played(0, 1, 1, 1, 0, 1, 0.5, 1),
      ...played(1, 2, 1, 0, 0, 1, 1),
      ...played(0, 2, 0, 1, 1, 0.5),
      ...played(2, 3, 1, 1, 0),
    ];
    const expected = byClimbing(4, games);
    for (const [at, { strength, low, high }] of strengthsOf(4, games).entries()) {
      expect(strength).toBeCloseTo(expected[at]?.strength ?? NaN, 4);
      expect((high - low) / 2).toBeCloseTo(1.96 * (expected[at]?.deviation ?? NaN), 3);
    }
  });

  it('are finite, add up to nothing, and turn round when every game does', () => {
    const game = fc.record({
      first: fc.nat(3),
      gap: fc.integer({ min: 1, max: 3 }),
      score: fc.constantFrom(0, 0.5, 1),
    });
    fc.assert(
      fc.property(fc.array(game, { maxLength: 40 }), (drawn) => {
        const games = drawn.map(({ first, gap, score }) => ({ first, second: (first + gap) % 4, score }));
        const found = strengths(4, games);
        const turned = strengths(
          4,
          games.map((each) => ({ ...each, score: 1 - each.score })),
        );
        expect(found.reduce((sum, strength) => sum + strength, 0)).toBeCloseTo(0);
        for (const [at, strength] of found.entries()) {
          expect(Number.isFinite(strength)).toBe(true);
          expect(strength).toBeCloseTo(-(turned[at] ?? 0));
        }
      }),
    );
  });
});

/**
 * The same by other means: the likelihood, with the pull, climbed step by step
 * among strengths that add up to 0, and its curve measured by small differences.
 */
function byClimbing(count: number, games: readonly Game[]) {
  const free = count - 1;
  const whole = (some: readonly number[]): readonly number[] => [...some, -some.reduce((sum, each) => sum + each, 0)];
  const likelihood = (some: readonly number[]): number => {
    const all = whole(some);
    const won = games.map(({ first, second, score }) => {
      const difference = (all[first] ?? 0) - (all[second] ?? 0);
      return score * Math.log(chanceOf(difference)) + (1 - score) * Math.log(chanceOf(-difference));
    });
    return won.reduce((sum, each) => sum + each, 0) - all.reduce((sum, each) => sum + (0.25 / 2) * each * each, 0);
  };
  const moved = (some: readonly number[], ...by: readonly (readonly [number, number])[]) =>
    some.map((each, at) => by.reduce((sum, [where, step]) => sum + (where === at ? step : 0), each));
  let best: readonly number[] = Array.from({ length: free }, () => 0);
  for (let step = 0.5; step > 1e-7; step /= 2) {
    for (let isBetter = true; isBetter;) {
      const tries = best.flatMap((_, at) => [moved(best, [at, step]), moved(best, [at, -step])]);
      const next = tries.find((each) => likelihood(each) > likelihood(best) + 1e-13);
      isBetter = next !== undefined;
      best = next ?? best;
    }
  }
  const h = 1e-3;
  const curve = best.map((_, i) =>
    best.map(
      (__, j) =>
        -(
          likelihood(moved(best, [i, h], [j, h])) -
          likelihood(moved(best, [i, h], [j, -h])) -
          likelihood(moved(best, [i, -h], [j, h])) +
          likelihood(moved(best, [i, -h], [j, -h]))
        ) /
        (4 * h * h),
    ),
  );
  // The variance of each strength is that of a sum of the free ones: e' C^-1 e, solved by elimination.
  const varianceOf = (weights: readonly number[]): number => {
    const rows = curve.map((row, at) => [...row, weights[at] ?? 0]);
    for (let at = 0; at < free; at += 1) {
      for (let other = at + 1; other < free; other += 1) {
        const factor = (rows[other]?.[at] ?? 0) / (rows[at]?.[at] ?? 1);
        rows[other] = (rows[other] ?? []).map((value, k) => value - factor * (rows[at]?.[k] ?? 0));
      }
    }
    const solved: number[] = [];
    for (let at = free - 1; at >= 0; at -= 1) {
      const row = rows[at] ?? [];
      const known = solved.reduce((sum, value, k) => sum + value * (row[at + 1 + k] ?? 0), 0);
      solved.unshift(((row[free] ?? 0) - known) / (row[at] ?? 1));
    }
    return weights.reduce((sum, weight, at) => sum + weight * (solved[at] ?? 0), 0);
  };
  const all = whole(best);
  return all.map((strength, at) => {
    const weights = at === free ? best.map(() => -1) : best.map((_, k) => (k === at ? 1 : 0));
    return { strength, deviation: Math.sqrt(varianceOf(weights)) };
  });
}
