import { describe, expect, it } from 'vitest';
import { formatBytes, formatCompact, formatCount, formatMoney, formatScore, plural } from './amount.ts';

describe('an amount', () => {
  it.each([
    [0, '$0'],
    [0.00004, '<$0.0001'],
    [0.0042, '$0.0042'],
    [0.5, '$0.5000'],
    [0.99996, '$1.00'],
    [12.4, '$12.40'],
    [1240.5, '$1,240.50'],
  ])('of %d dollars reads %s', (usd, text) => {
    expect(formatMoney(usd)).toBe(text);
  });

  it('groups thousands, and shortens them where room is scarce', () => {
    expect(formatCount(1_204_000)).toBe('1,204,000');
    expect(['840', '9,999', '12.3k', '999k', '1.0M', '4.1M']).toEqual(
      [840, 9_999, 12_345, 999_400, 999_600, 4_100_000].map(formatCompact),
    );
  });

  it('names bytes in decimal units', () => {
    expect([812, 4_100, 3_200_000].map(formatBytes)).toEqual(['812 B', '4.1 kB', '3.2 MB']);
  });

  it('shows a score with two digits and a count with its noun', () => {
    expect(formatScore(0.8)).toBe('0.80');
    expect([plural(1, 'call'), plural(2_000, 'call'), plural(2, 'retry', 'retries')]).toEqual([
      '1 call',
      '2,000 calls',
      '2 retries',
    ]);
  });
});
