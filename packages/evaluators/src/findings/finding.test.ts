import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { surestFindings } from './finding.ts';
import type { Finding } from './finding.ts';

const finding = (type: string, start: number, end: number, confidence: number): Finding => ({
  type,
  start,
  end,
  confidence,
});

const anyFindings = fc.array(
  fc.record({
    type: fc.constantFrom('A', 'B', 'C'),
    start: fc.nat(40),
    end: fc.nat(50),
    confidence: fc.constantFrom(0.5, 0.8, 1),
  }),
  { maxLength: 20 },
);

describe('the surest findings', () => {
  it('are the surer one of two that share characters', () => {
    expect(surestFindings([finding('A', 0, 10, 0.6), finding('B', 5, 12, 0.9)])).toEqual([finding('B', 5, 12, 0.9)]);
  });

  it('are the longer one of two that are equally sure', () => {
    expect(surestFindings([finding('A', 2, 6, 0.9), finding('B', 0, 12, 0.9)])).toEqual([finding('B', 0, 12, 0.9)]);
  });

  it('keep what only another, overruled finding connected', () => {
    const chain = [finding('A', 0, 5, 0.9), finding('B', 4, 11, 0.5), finding('C', 10, 14, 0.9)];
    expect(surestFindings(chain)).toEqual([chain[0], chain[2]]);
  });

  it('share nothing, stand in order, and do not depend on the order given', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const kept = surestFindings(findings);
        for (const [index, next] of kept.slice(1).entries())
          expect(next.start).toBeGreaterThanOrEqual(kept[index]?.end ?? 0);
        expect(surestFindings(findings.toReversed())).toEqual(kept);
        expect(surestFindings(kept)).toEqual(kept);
      }),
    );
  });
});
