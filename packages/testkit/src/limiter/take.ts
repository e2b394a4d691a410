import { expect } from 'vitest';
import type { LimiterTest } from './limiter-test.ts';
import { aLimit, minute, pass, slack, taking } from './limits.ts';

export function takeTests(test: LimiterTest): void {
  test('grants at once what fits', async (opened) => {
    const limit = aLimit(3);
    for (let count = 0; count < 3; count += 1) {
      const grant = await opened.limiter.take(limit, 1);
      expect(grant).toMatchObject({ limit, amount: 1 });
    }
  });

  test('grants what does not fit when a minute has passed, and not before', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(10);
    await limiter.take(limit, 6);
    const late = taking(opened, limit, 6);
    await pass(clock, minute - 1000);
    expect(late.grant).toBeUndefined();
    await pass(clock, 1000 + slack, () => late.grant !== undefined);
    await late.done;
    expect(late.afterMs).toBeGreaterThanOrEqual(minute);
    expect(late.afterMs).toBeLessThanOrEqual(minute + slack);
  });

  test('never grants more than the limit in any minute', async (opened) => {
    const { clock } = opened;
    const limit = aLimit(20);
    const taken = Array.from({ length: 50 }, (_, index) => taking(opened, limit, 1 + (index % 4)));
    const isDone = (): boolean => taken.every(({ grant }) => grant !== undefined);
    await pass(clock, 20 * minute, isDone);
    const grants = (await Promise.all(taken.map(({ done }) => done))).map(({ at, amount }) => ({ at, amount }));
    for (const { at } of grants) {
      const within = grants.filter((one) => one.at > at - minute && one.at <= at);
      expect(within.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(20);
    }
  });

  test('counts what was really used, once it is known', async (opened) => {
    const { limiter } = opened;
    const limit = aLimit(100);
    const grant = await limiter.take(limit, 100);
    await limiter.give(grant, 10);
    await limiter.take(limit, 90);
  });

  test('makes those who come later wait when more was used than was granted', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(100);
    const grant = await limiter.take(limit, 10);
    await limiter.give(grant, 100);
    const late = taking(opened, limit, 1);
    await pass(clock, minute - 1000);
    expect(late.grant).toBeUndefined();
    await pass(clock, 1000 + slack, () => late.grant !== undefined);
    await late.done;
  });

  test('wakes those who wait when less was used than was granted', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(100);
    const grant = await limiter.take(limit, 100);
    const waiting = taking(opened, limit, 50);
    await pass(clock, 1000);
    await limiter.give(grant, 50);
    await waiting.done;
    expect(waiting.afterMs).toBeLessThanOrEqual(2000);
  });

  test('grants an amount above the limit whole, when nothing else counts', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(10);
    await limiter.take(limit, 1);
    const large = taking(opened, limit, 25);
    await pass(clock, minute - 1000);
    expect(large.grant).toBeUndefined();
    await pass(clock, 1000 + slack, () => large.grant !== undefined);
    expect((await large.done).amount).toBe(25);
  });

  test('keeps limits apart', async (opened) => {
    const [one, other] = [aLimit(1), aLimit(1)];
    await opened.limiter.take(one, 1);
    await opened.limiter.take(other, 1);
  });

  test('rejects with the reason of the signal, and gives the place to the next', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(10);
    const grant = await limiter.take(limit, 8);
    const abort = new AbortController();
    const withdrawn = taking(opened, limit, 10, { signal: abort.signal });
    const next = taking(opened, limit, 2);
    await pass(clock, 1000);
    expect(next.grant).toBeUndefined();
    abort.abort(new Error('as the test wants'));
    await expect(withdrawn.done).rejects.toThrow('as the test wants');
    await next.done;
    await limiter.give(grant, 0);
    await expect(limiter.take(limit, 1, { signal: abort.signal })).rejects.toThrow('as the test wants');
  });

  test('rejects those who wait when it closes', async (opened) => {
    const { clock, limiter } = opened;
    const limit = aLimit(1);
    await limiter.take(limit, 1);
    const waiting = taking(opened, limit, 1);
    await pass(clock, 1000);
    await limiter.close();
    await expect(waiting.done).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(limiter.take(limit, 1)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
}
