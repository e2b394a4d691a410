import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryOf } from '../testing/programs.ts';
import { errorOf } from '../testing/specification.ts';
import { isRetried, retryDelay } from './retry.ts';

const failed = errorOf('retryable');

describe('a retry policy without a list', () => {
  it('retries an error by its kind alone', () => {
    expect(isRetried(errorOf('retryable', 'ANYTHING'), retryOf(3))).toBe(true);
    expect(isRetried(errorOf('terminal'), retryOf(3))).toBe(false);
    expect(isRetried(errorOf('bug'), retryOf(3))).toBe(false);
  });
});

describe('a retry policy with a list', () => {
  it.each([
    ['rate_limit', 'MODEL_RATE_LIMITED'],
    ['timeout', 'STEP_TIMEOUT'],
    ['unavailable', 'STORE_UNAVAILABLE'],
    ['invalid_output', 'OUTPUT_INVALID'],
    ['gate_failed', 'GATE_FAILED'],
    ['GATE_FAILED', 'GATE_FAILED'],
  ])('takes %s for %s', (name, code) => {
    expect(isRetried(errorOf('terminal', code), retryOf(2, { errors: ['other', name] }))).toBe(true);
    expect(isRetried(errorOf('retryable', 'TOOL_FAILED'), retryOf(2, { errors: [name] }))).toBe(false);
  });

  it('retries nothing when it is empty', () => {
    expect(isRetried(failed, retryOf(2, { errors: [] }))).toBe(false);
  });

  it.each(['constructor', 'toString', 'valueOf'])('does not take %s for a family of errors', (name) => {
    expect(isRetried(failed, retryOf(2, { errors: [name] }))).toBe(false);
  });
});

describe('the wait before another attempt', () => {
  it('is the same each time when the backoff is constant', () => {
    expect([1, 2, 9].map((failures) => retryDelay(retryOf(9), failures, failed, 0.3))).toEqual([1000, 1000, 1000]);
  });

  it('doubles up to its ceiling when the backoff is exponential', () => {
    const retry = retryOf(9, { backoff: 'exponential', maxDelayMs: 5000 });
    expect([1, 2, 3, 4, 5000].map((failures) => retryDelay(retry, failures, failed, 0))).toEqual([
      1000, 2000, 4000, 5000, 5000,
    ]);
  });

  it('is a whole number between half and all of itself with jitter', () => {
    const retry = retryOf(9, { backoff: 'exponential', jitter: true });
    expect(retryDelay(retry, 1, failed, 0)).toBe(500);
    expect(retryDelay(retry, 1, failed, 0.5)).toBe(750);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, r) => {
          const whole = retryDelay({ ...retry, jitter: false }, n, failed, r);
          const wait = retryDelay(retry, n, failed, r);
          expect(Number.isInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(whole / 2);
          expect(wait).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });

  it('is at least what the server asked for, also beyond the ceiling', () => {
    const asking = (retryAfterMs: number) => ({ ...failed, details: { retryAfterMs } });
    expect(retryDelay(retryOf(2, { maxDelayMs: 2000 }), 1, asking(9000), 0)).toBe(9000);
    expect(retryDelay(retryOf(2), 1, asking(10), 0)).toBe(1000);
  });

  it.each(['soon', null, Number.NaN, Number.POSITIVE_INFINITY, -5])('does not listen to %s', (retryAfterMs) => {
    expect(retryDelay(retryOf(2), 1, { ...failed, details: { retryAfterMs } }, 0)).toBe(1000);
  });
});
