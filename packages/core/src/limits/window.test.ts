import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, correct, emptyWindow } from './window.ts';
import type { Ask, Window } from './window.ts';

const minute = 60_000;

function one(amount: number, flow = 'a', since = 0): Ask {
  return { flow, amount, weight: 4, since };
}

describe('the window of a limit', () => {
  it('never lets more be used in any minute than the limit allows', () => {
    const step = fc.record({
      afterMs: fc.nat(20_000),
      amount: fc.integer({ min: 1, max: 10 }),
      flow: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let window: Window = emptyWindow;
        let now = 0;
        const granted: { readonly at: number; readonly amount: number }[] = [];
        for (const { afterMs, amount, flow } of steps) {
          now += afterMs;
          const answer = ask(window, 10, now, 'here', [one(amount, flow, now)]);
          window = answer.window;
          if (answer.granted !== undefined) granted.push({ at: now, amount });
          else expect(answer.waitMs).toBeGreaterThan(0);
        }
        for (const { at } of granted) {
          const within = granted.filter((other) => other.at > at - minute && other.at <= at);
          expect(within.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('grants in the end whatever is asked again as long as it is told to wait', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }), (amounts) => {
        let window: Window = emptyWindow;
        let now = 0;
        for (const amount of amounts) {
          for (;;) {
            const answer = ask(window, 10, now, 'here', [one(amount)]);
            window = answer.window;
            if (answer.granted !== undefined) break;
            now += answer.waitMs;
          }
        }
        expect(now).toBeLessThanOrEqual(amounts.length * (minute + 1000));
      }),
    );
  });

  it('lets the place go first that has waited longer, until it has not asked for three seconds', () => {
    const full = ask(emptyWindow, 10, 0, 'here', [one(10)]).window;
    const waits = ask(full, 10, minute, 'dying', [one(10, 'a', minute)]).window;
    const now = minute + 1000;
    const behind = ask(waits, 10, now, 'here', [one(5, 'a', now)]);
    expect(behind.granted).toBeUndefined();
    expect(ask(behind.window, 10, now + 1999, 'here', [one(5, 'a', now)]).granted).toBeUndefined();
    expect(ask(behind.window, 10, now + 2000, 'here', [one(5, 'a', now)]).granted).toBe(0);
  });

  it('stays small, however many shares there are and however long they take', () => {
    let window: Window = emptyWindow;
    for (let count = 0; count < 2000; count += 1) {
      window = ask(window, 1_000_000, count * 500, 'here', [
        one(1, `flow ${count}`, count),
        one(1, 'other', Infinity),
      ]).window;
    }
    expect(window.spent.length).toBeLessThanOrEqual(62);
    expect(Object.keys(window.ends).length).toBeLessThanOrEqual(500);
    window = ask(window, 1_000_000, 2000 * 500, 'here', [one(1, 'last')]).window;
    expect(window.ends).toEqual({});
  });

  it('counts a correction only while the grant counts', () => {
    const granted = ask(emptyWindow, 10, 0, 'here', [one(10)]).window;
    expect(ask(correct(granted, 0, 'a', 4, -4), 10, 1, 'here', [one(4)]).granted).toBe(0);
    const later = ask(granted, 10, 2 * minute, 'here', [one(5)]).window;
    expect(ask(correct(later, 0, 'a', 4, 100), 10, 2 * minute, 'here', [one(5)]).granted).toBe(0);
  });
});
