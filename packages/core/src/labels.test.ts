import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinLabels, noLabels } from './labels.ts';
import type { Labels } from './labels.ts';

const labels: fc.Arbitrary<Labels> = fc.array(fc.constantFrom('untrusted' as const, 'private' as const));

describe('labels joined', () => {
  it('are the union, without repeats, in one order', () => {
    expect(joinLabels(['private'], ['untrusted', 'private'])).toEqual(['untrusted', 'private']);
    expect(joinLabels()).toBe(noLabels);
  });

  it('never lose a label and never gain one', () => {
    fc.assert(
      fc.property(labels, labels, (left, right) => {
        expect(new Set(joinLabels(left, right))).toEqual(new Set([...left, ...right]));
        expect(joinLabels(left, right)).toEqual(joinLabels(right, left));
      }),
    );
  });
});
