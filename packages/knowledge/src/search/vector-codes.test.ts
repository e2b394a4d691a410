import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, codeOf, dot, nearestCodes, normalised, packCodes, vectorOf } from './vector-codes.ts';

function randomVectors(count: number, dimensions: number, seed: number): readonly Float32Array[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: count }, () => Float32Array.from({ length: dimensions }, next));
}

describe('one-bit codes', () => {
  it('differ by the number of dimensions whose sign differs, in order of that number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer(), (dimensions, seed) => {
        const [query = new Float32Array(), ...others] = randomVectors(20, dimensions, seed);
        const packed = packCodes(others.map((vector, id) => ({ id, code: codeOf(vector) })));
        const distance = (id: number): number =>
          [...query].filter((value, at) => value > 0 !== (others[id]?.[at] ?? 0) > 0).length;
        const near = nearestCodes(packed, codeOf(query), 7);
        const expected = [...others.keys()].sort((a, b) => distance(a) - distance(b) || a - b).slice(0, 7);
        expect(near).toEqual(expected);
      }),
    );
  });

  it('find the exact nearest vectors among 400 candidates of 2,000', () => {
    const vectors = randomVectors(2000, 384, 7).map((vector) => normalised(vector) ?? vector);
    const packed = packCodes(vectors.map((vector, id) => ({ id, code: codeOf(vector) })));
    let found = 0;
    for (const query of vectors.slice(0, 20)) {
      const exact = vectors
        .map((vector, id) => ({ id, score: dot(query, vector) }))
        .sort((left, right) => right.score - left.score)
        .slice(0, 10)
        .map(({ id }) => id);
      const near = new Set(nearestCodes(packed, codeOf(query), 400));
      found += exact.filter((id) => near.has(id)).length;
    }
    expect(found / 200).toBeGreaterThan(0.9);
  });

  it('match nothing of another length', () => {
    const packed = packCodes([{ id: 1, code: codeOf(new Float32Array(64)) }]);
    expect(nearestCodes(packed, codeOf(new Float32Array(128)), 5)).toEqual([]);
    expect(nearestCodes(packCodes([]), codeOf(new Float32Array(64)), 5)).toEqual([]);
  });
});

describe('a stored vector', () => {
  it('comes back from bytes as it was, wherever the bytes stand', () => {
    const vector = Float32Array.from([0.5, -1, 2]);
    const shifted = new Uint8Array(13);
    shifted.set(bytesOf(vector), 1);
    expect(vectorOf(shifted.subarray(1))).toEqual(vector);
  });

  it('has length 1, and does not exist without a direction', () => {
    expect(normalised(Float32Array.from([3, 4]))).toEqual(Float32Array.from([0.6, 0.8]));
    expect(normalised(new Float32Array(3))).toBeUndefined();
    expect(normalised(Float32Array.from([Number.NaN, 1]))).toBeUndefined();
  });
});
