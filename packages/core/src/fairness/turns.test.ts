import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

type Waiting = { readonly name: string; readonly place: number };

/** Names in the order in which their places are served. */
function order(waiting: readonly Waiting[]): readonly string[] {
  return waiting.toSorted((a, b) => a.place - b.place).map(({ name }) => name);
}

describe('turns', () => {
  it('let a share that waits for little pass one that waits for much', () => {
    const turns = createTurns();
    const many = Array.from({ length: 1000 }, () => ({ name: 'many', place: turns.place({ share: 'a' }, 1) }));
    const few = Array.from({ length: 10 }, () => ({ name: 'few', place: turns.place({ share: 'b' }, 1) }));
    expect(order([...many, ...few]).lastIndexOf('few')).toBeLessThanOrEqual(20);
  });

  it('keep the order of arrival within a share', () => {
    const turns = createTurns();
    const waiting = Array.from({ length: 50 }, (_, index) => ({
      name: `${index}`,
      place: turns.place({ share: 'a' }, 1),
    }));
    expect(order(waiting)).toEqual(waiting.map(({ name }) => name));
  });

  it('give a share nothing for having been silent', () => {
    const turns = createTurns();
    for (let count = 0; count < 100; count += 1) turns.served(turns.place({ share: 'busy' }, 1));
    const busy = turns.place({ share: 'busy' }, 1);
    const late = Array.from({ length: 3 }, () => turns.place({ share: 'late' }, 1));
    expect(late.filter((place) => place < busy)).toHaveLength(1);
  });

  it('come more often with a higher priority, and never stop for a lower one', () => {
    const turns = createTurns();
    const waiting = (['high', 'normal', 'low'] as const).flatMap((priority) =>
      Array.from({ length: 160 }, () => ({ name: priority, place: turns.place({ priority }, 1) })),
    );
    const first = order(waiting).slice(0, 105);
    expect(first.filter((name) => name === 'high')).toHaveLength(80);
    expect(first.filter((name) => name === 'normal')).toHaveLength(20);
    expect(first.filter((name) => name === 'low')).toHaveLength(5);
  });

  it('count by size', () => {
    const turns = createTurns();
    const waiting = [
      ...Array.from({ length: 10 }, () => ({ name: 'large', place: turns.place({ share: 'a' }, 10) })),
      ...Array.from({ length: 100 }, () => ({ name: 'small', place: turns.place({ share: 'b' }, 1) })),
    ];
    const first = order(waiting).slice(0, 55);
    expect(first.filter((name) => name === 'large')).toHaveLength(5);
  });

  it('begin anew when nothing waits', () => {
    const turns = createTurns();
    for (let count = 0; count < 100; count += 1) turns.place({}, 1);
    turns.rest();
    expect(turns.place({}, 1)).toBe(0);
  });
});
