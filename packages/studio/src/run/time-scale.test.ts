import { describe, expect, it } from 'vitest';
import { extentOf, ticks, timeScale } from './time-scale.ts';

describe('the time axis', () => {
  const scale = timeScale(1_000, 11_000);

  it('places what happened between its ends', () => {
    expect(extentOf(scale, 1_000, 11_000)).toEqual({ left: 0, width: 100 });
    expect(extentOf(scale, 3_500, 6_000)).toEqual({ left: 25, width: 25 });
  });

  it('cuts off what reaches over its ends', () => {
    expect(extentOf(scale, 0, 6_000)).toEqual({ left: 0, width: 50 });
    expect(extentOf(scale, 6_000, 99_000)).toEqual({ left: 50, width: 50 });
    expect(extentOf(scale, 20_000, 30_000)).toEqual({ left: 100, width: 0 });
  });

  it('gives no negative length where clocks disagree', () => {
    expect(extentOf(scale, 6_000, 5_000)).toEqual({ left: 50, width: 0 });
  });

  it('has a length even when nothing took any time', () => {
    expect(extentOf(timeScale(5, 5), 5, 5)).toEqual({ left: 0, width: 0 });
  });

  it.each([
    [10_000, 6, [0, 2_000, 4_000, 6_000, 8_000]],
    [3_600_000, 6, [0, 900_000, 1_800_000, 2_700_000]],
    [7, 6, [0, 2, 4, 6]],
    [90_000, 3, [0, 60_000]],
    [1, 6, [0]],
  ])('of %d ms with room for %d marks has them at %j', (length, most, marks) => {
    expect(ticks(timeScale(0, length), most).map(({ at }) => at)).toEqual(marks);
  });

  it('never has more marks than there is room for, however long it is', () => {
    for (const length of [13, 999, 61_000, 86_400_000 * 3, 86_400_000 * 5_000]) {
      const { length: count } = ticks(timeScale(0, length), 6);
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(6);
    }
  });
});
