import { describe, expect, it } from 'vitest';
import { formatExactly, formatMinute, formatWhen } from './instant.ts';

const now = Date.UTC(2026, 10, 3, 14, 2, 31, 204);

describe('an instant', () => {
  it.each([
    [1_000, 'now'],
    [-5_000, 'now'],
    [12_900, '12 s ago'],
    [5 * 60_000, '5 min ago'],
    [3 * 3_600_000, '11:02'],
    [26 * 3_600_000, '2 Nov 12:02'],
    [400 * 86_400_000, '29 Sep 2025'],
  ])('%d ms before now reads %s', (ago, text) => {
    expect(formatWhen(now - ago, now, 'UTC')).toBe(text);
  });

  it('is told by the clock of the reader', () => {
    expect(formatWhen(now - 15 * 3_600_000, now, 'UTC')).toBe('2 Nov 23:02');
    expect(formatWhen(now - 15 * 3_600_000, now, 'Europe/Paris')).toBe('00:02');
  });

  it('is exact to the millisecond where it is asked for', () => {
    expect(formatExactly(now, 'UTC')).toBe('3 Nov 2026, 14:02:31.204');
  });

  it('is told to the minute where it is to come, or names a version', () => {
    expect(formatMinute(now, 'UTC')).toBe('3 Nov 2026, 14:02');
  });
});
