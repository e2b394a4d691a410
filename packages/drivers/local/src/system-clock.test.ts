import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function hasEnded(sleep: Promise<void>): Promise<boolean> {
    return Promise.race([
      sleep.then(() => true),
      Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => false),
    ]);
  }

  it('tells the time of the machine', () => {
    vi.setSystemTime(12_345);
    expect(systemClock.now()).toBe(12_345);
  });

  it('sleeps as long as it is told', async () => {
    const sleep = systemClock.sleep(1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(await hasEnded(sleep)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await hasEnded(sleep)).toBe(true);
  });

  it('sleeps longer than a timer can', async () => {
    const fortyDays = 40 * 24 * 3600 * 1000;
    const sleep = systemClock.sleep(fortyDays);
    await vi.advanceTimersByTimeAsync(fortyDays - 1);
    expect(await hasEnded(sleep)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await hasEnded(sleep)).toBe(true);
  });

  it('wakes at once when the signal aborts, and leaves no timer and no listener behind', async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(1000, abort.signal);
    expect(vi.getTimerCount()).toBe(1);
    abort.abort();
    await sleep;
    await systemClock.sleep(1000, abort.signal);
    await systemClock.sleep(-5);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('holds no process open', () => {
    const script = `import { systemClock } from ${JSON.stringify(new URL('system-clock.ts', import.meta.url).href)};
      systemClock.sleep(3_600_000); process.stdout.write('left');`;
    const child = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      timeout: 15_000,
    });
    expect(child.stdout.toString()).toBe('left');
    expect(child.signal).toBeNull();
  });
});
