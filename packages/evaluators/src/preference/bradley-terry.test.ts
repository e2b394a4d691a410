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
