import { describe, expect, it } from 'vitest';
import { addUsage, noUsage } from './usage.ts';

const one = { input_tokens: 1, output_tokens: 2, usd: 0.5, ms: 10, calls: 1 };

describe('usage', () => {
  it('adds field by field and leaves its operands alone', () => {
    expect(addUsage(one, one)).toEqual({ input_tokens: 2, output_tokens: 4, usd: 1, ms: 20, calls: 2 });
    expect(one.calls).toBe(1);
    expect(addUsage(noUsage, one)).toEqual(one);
  });

  it('stays as it is when nothing was used', () => {
    expect(addUsage(one, undefined)).toBe(one);
    expect(addUsage(one, noUsage)).toBe(one);
  });
});
