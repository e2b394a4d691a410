import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runIdOf } from './ids.ts';

const instant = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const bytes = fc.uint8Array({ minLength: 10, maxLength: 16 });

describe('a run id', () => {
  it('is a UUID of version 7', () => {
    fc.assert(
      fc.property(instant, bytes, (now, random) => {
        expect(runIdOf(now, random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });

  it('holds the time of creation in its first 48 bits', () => {
    const id = runIdOf(0x0189_1234_5678, new Uint8Array(10));
    expect(id).toBe('01891234-5678-7000-8000-000000000000');
  });

  it('sorts by time of creation', () => {
    fc.assert(
      fc.property(instant, instant, bytes, (one, other, random) => {
        fc.pre(one < other);
        expect(runIdOf(one, random) < runIdOf(other, new Uint8Array(10))).toBe(true);
      }),
    );
  });

  it('differs within a millisecond when the random bytes do', () => {
    const other = new Uint8Array(10);
    other[9] = 0x10;
    expect(runIdOf(1, new Uint8Array(10))).not.toBe(runIdOf(1, other));
  });
});
