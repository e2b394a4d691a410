import { describe, expect, it } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

describe('the fake clock', () => {
  it('stands still until it is advanced', async () => {
    const clock = createFakeClock(500);
    expect(clock.now()).toBe(500);
    await clock.advance(20);
    expect(clock.now()).toBe(520);
  });

  it('wakes sleepers in the order in which they are due, each at its own time', async () => {
    const clock = createFakeClock(0);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = Promise.all([sleep('c', 30), sleep('a', 10), sleep('b', 10)]);
    await clock.advance(29);
    expect(woken).toEqual([
      ['a', 10],
      ['b', 10],
    ]);
    expect(clock.pending()).toBe(1);
    await clock.advance(1);
    await all;
    expect(woken.at(-1)).toEqual(['c', 30]);
    expect(clock.now()).toBe(30);
  });

  it('wakes, within one advance, those that lie down again', async () => {
    const clock = createFakeClock(0);
    const times: number[] = [];
    const ticking = (async () => {
      for (let tick = 0; tick < 5; tick += 1) {
        await clock.sleep(10);
        times.push(clock.now());
      }
    })();
    await clock.advance(100);
    await ticking;
    expect(times).toEqual([10, 20, 30, 40, 50]);
  });

  it('waits for what it was told of before time goes on', async () => {
    const clock = createFakeClock(0);
    const seen: number[] = [];
    const stop = clock.waitFor(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(clock.now());
    });
    void clock.sleep(10);
    await clock.advance(20);
    expect(seen).toEqual([0, 10]);
    stop();
    await clock.advance(20);
    expect(seen).toEqual([0, 10]);
  });

  it('ends a sleep when its signal aborts, and does not start one whose signal has', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1000, abort.signal);
    expect(clock.pending()).toBe(1);
    abort.abort();
    await sleeping;
    await clock.sleep(1000, abort.signal);
    await clock.sleep(0);
    expect(clock.pending()).toBe(0);
  });
});
