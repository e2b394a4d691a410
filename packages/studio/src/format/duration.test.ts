import { describe, expect, it } from 'vitest';
import { formatDuration, formatTick } from './duration.ts';

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '0 ms'],
    [840, '840 ms'],
    [999.6, '1.00 s'],
    [3_420, '3.42 s'],
    [9_994, '9.99 s'],
    [9_996, '10.0 s'],
    [42_060, '42.1 s'],
    [59_960, '1 m 00 s'],
    [185_000, '3 m 05 s'],
    [3_599_700, '1 h 00 m'],
    [7_440_000, '2 h 04 m'],
    [273_600_000, '3 d 4 h'],
  ])('of %d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is never negative, though two clocks may disagree', () => {
    expect(formatDuration(-12)).toBe('0 ms');
  });
});

describe('a mark on the time axis', () => {
  it.each([
    [0, '0'],
    [250, '250 ms'],
    [1_500, '1.5 s'],
    [60_000, '1 m'],
    [90_000, '1 m 30 s'],
    [5_400_000, '1 h 30 m'],
    [86_400_000, '1 d'],
  ])('at %d ms reads %s', (ms, text) => {
    expect(formatTick(ms)).toBe(text);
  });
});
