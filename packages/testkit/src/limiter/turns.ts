import { expect } from 'vitest';
import type { LimiterTest } from './limiter-test.ts';
import { aLimit, minute, pass, taking } from './limits.ts';

export function turnTests(test: LimiterTest): void {
  test('grants in order of arrival within a share', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(4);
    await limiter.take(limit, 4);
    const order: number[] = [];
    const taken = Array.from({ length: 12 }, () => taking(opened, limit, 1));
    taken.forEach(({ done }, index) => void done.then(() => order.push(index)));
    await pass(clock, 5 * minute, () => order.length === taken.length);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test('lets a share that wants little pass one that wants much', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(10);
    await limiter.take(limit, 10);
    const many = Array.from({ length: 200 }, () => taking(opened, limit, 1, { share: 'many' }));
    const few = Array.from({ length: 5 }, () => taking(opened, limit, 1, { share: 'few' }));
    await pass(clock, 3 * minute, () => few.every(({ grant }) => grant !== undefined));
    await Promise.all(few.map(({ done }) => done));
    expect(many.filter(({ grant }) => grant !== undefined).length).toBeLessThanOrEqual(10);
  });

  test('counts turns by amounts', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(100);
    await limiter.take(limit, 100);
    const large = Array.from({ length: 20 }, () => taking(opened, limit, 50, { share: 'large' }));
    const small = Array.from({ length: 100 }, () => taking(opened, limit, 5, { share: 'small' }));
    await pass(clock, 4.5 * minute);
    const granted = (taken: readonly { readonly grant?: unknown }[]): number =>
      taken.filter(({ grant }) => grant !== undefined).length;
    // Four minutes of a hundred: each share has about two hundred of them.
    expect(granted(large)).toBeGreaterThanOrEqual(3);
    expect(granted(small)).toBeGreaterThanOrEqual(30);
  });

  test('holds small amounts up for a large one that came before', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(10);
    await limiter.take(limit, 5);
    const large = taking(opened, limit, 10);
    const small = taking(opened, limit, 1);
    await pass(clock, minute / 2);
    expect(small.grant).toBeUndefined();
    await pass(clock, 3 * minute, () => small.grant !== undefined);
    await Promise.all([large.done, small.done]);
    expect(large.afterMs).toBeLessThan(small.afterMs ?? 0);
  });
}
