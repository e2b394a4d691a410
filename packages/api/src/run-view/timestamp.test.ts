import { describe, expect, it } from 'vitest';
import { timestamp } from './timestamp.ts';

describe('a timestamp', () => {
  it.each([0, 1, 999, 1000, 1_767_225_600_007, 1_767_225_600_070, 1_767_225_600_700, 1_767_225_599_999, -1])(
    'of %d is what Date says',
    (at) => {
      expect(timestamp(at)).toBe(new Date(at).toISOString());
    },
  );

  it('drops parts of a millisecond', () => {
    expect(timestamp(1.75)).toBe('1970-01-01T00:00:00.001Z');
  });
});
