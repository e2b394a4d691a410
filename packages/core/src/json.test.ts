import { describe, expect, it } from 'vitest';
import { deepestValue, isJson, isWithinDepth } from './json.ts';

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
};

describe('the depth of a value', () => {
  it('is counted in lists and objects inside each other', () => {
    expect(isWithinDepth(1, 0)).toBe(true);
    expect(isWithinDepth([], 0)).toBe(false);
    expect(isWithinDepth([{}, 1], 2)).toBe(true);
    expect(isWithinDepth([{ a: [] }], 2)).toBe(false);
    expect(isWithinDepth(nested(deepestValue))).toBe(true);
    expect(isWithinDepth(nested(deepestValue + 1))).toBe(false);
  });

  it('is bounded for what holds itself, and for what is deeper than the stack', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [circle, nested(1_000_000)]) {
      expect(isWithinDepth(value)).toBe(false);
      expect(isJson(value)).toBe(false);
    }
  });
});
