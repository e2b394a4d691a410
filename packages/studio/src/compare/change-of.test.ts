import { describe, expect, it } from 'vitest';
import { formatMoney, formatScore } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { changeOf } from './change-of.ts';

describe('the change of a figure', () => {
  it('says by how much, and whether that is better', () => {
    expect(changeOf(1_000, 2_200, formatDuration, 'less')).toEqual({ text: '+1.20 s', tone: 'worse' });
    expect(changeOf(0.01, 0.006, formatMoney, 'less')).toEqual({ text: '−$0.0040', tone: 'better' });
    expect(changeOf(0.5, 0.9, formatScore, 'more')).toEqual({ text: '+0.40', tone: 'better' });
  });

  it('is none where both read the same, or one is not known', () => {
    expect(changeOf(0.501, 0.502, formatScore, 'more')).toBeUndefined();
    expect(changeOf(undefined, 3, formatScore, 'more')).toBeUndefined();
  });
});
