import { expect } from 'vitest';
import type { LimiterTest } from './limiter-test.ts';
import { aLimit, minute, pass, slack, taking } from './limits.ts';

export function sharedTests(test: LimiterTest): void {
  test('counts what another process was granted', async (opened) => {
    const { clock, limiter, other } = opened;
    const limit = aLimit(10);
    await other.take(limit, 10);
    const late = taking({ clock, limiter }, limit, 1);
    await pass(clock, minute - 1000);
    expect(late.grant).toBeUndefined();
    await pass(clock, 1000 + slack, () => late.grant !== undefined);
    await late.done;
  });

  test('lets a share in one process pass another in a second process that wants much', async (opened) => {
    const { clock, limiter, other } = opened;
    const limit = aLimit(10);
    await limiter.take(limit, 10);
    const many = Array.from({ length: 60 }, () => taking({ clock, limiter }, limit, 1, { share: 'many' }));
    await pass(clock, 2000);
    const few = Array.from({ length: 5 }, () => taking({ clock, limiter: other }, limit, 1, { share: 'few' }));
    const isDone = (): boolean => few.every(({ grant }) => grant !== undefined);
    await pass(clock, 4 * minute, isDone, limiter === other ? 1 : 2);
    await Promise.all(few.map(({ done }) => done));
    expect(many.filter(({ grant }) => grant !== undefined).length).toBeLessThanOrEqual(20);
  });

  test('does not wait for a process that stopped waiting', async (opened) => {
    const { clock, limiter, other } = opened;
    const limit = aLimit(10);
    await limiter.take(limit, 5);
    const abort = new AbortController();
    const withdrawn = taking({ clock, limiter: other }, limit, 10, { signal: abort.signal });
    await pass(clock, 1000);
    abort.abort();
    await expect(withdrawn.done).rejects.toThrow();
    const next = taking({ clock, limiter }, limit, 5);
    await pass(clock, 10_000, () => next.grant !== undefined);
    await next.done;
    expect(next.afterMs).toBeLessThan(5000);
  });
}
