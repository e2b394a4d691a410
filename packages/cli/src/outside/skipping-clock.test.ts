import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSkippingClock } from './skipping-clock.ts';

const hour = 3_600_000;

describe('a clock that skips', () => {
  it('wakes sleepers in the order in which they are due, each at its own time, at once', async () => {
    const clock = createSkippingClock({ start: 1000, skipUntil: () => 100 * hour });
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now()}`);
    };
    await Promise.all([sleep('late', 9 * hour), sleep('soon', hour), sleep('at once', 0)]);
    expect(woken).toEqual(['at once 1000', `soon ${1000 + hour}`, `late ${1000 + 9 * hour}`]);
    clock.stop();
  });

  it('stands still while something is under way, and goes no further than it may', async () => {
    let until: number | undefined = 10 * hour;
    const clock = createSkippingClock({ start: 0, skipUntil: () => until });
    let woken = 0;
    const letGo = clock.hold();
    const first = clock.sleep(hour).then(() => (woken += 1));
    for (let turns = 0; turns < 200; turns++) await turn();
    expect([woken, clock.now()]).toEqual([0, 0]);
    letGo();
    letGo();
    await first;
    until = 2 * hour;
    const over = new AbortController();
    const second = clock.sleep(5 * hour, over.signal);
    for (let turns = 0; turns < 200; turns++) await turn();
    expect(clock.now()).toBe(hour);
    until = undefined;
    for (let turns = 0; turns < 200; turns++) await turn();
    expect(clock.now()).toBe(hour);
    over.abort();
    await second;
    clock.stop();
  });

  it('goes by as well where calls are really made', async () => {
    const clock = createSkippingClock({ start: 0, flows: true, skipUntil: () => undefined });
    const letGo = clock.hold();
    await clock.sleep(20);
    expect(clock.now()).toBeGreaterThanOrEqual(20);
    letGo();
    clock.stop();
  });
});
