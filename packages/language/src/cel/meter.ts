/**
 * The meter: what the evaluation under way has cost so far, and its clock.
 *
 * Evaluation is synchronous and never nested, so one meter serves all. The
 * instrumented syntax tree charges it (see instrument.ts). CEL's `||`, `&&`,
 * `all` and `exists` absorb errors of one side, so an exhausted meter keeps
 * throwing and `stopMeter` reports it whatever the result looks like.
 */
import { limits } from './limits.ts';

class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
}

let tooMuch: LimitExceeded | undefined;

/** Made when it is needed: the first number that is written for a language loads the tables of all, which takes 6 ms. */
function exceeded(): LimitExceeded {
  tooMuch ??= new LimitExceeded(
    `the expression does too much work (limit ${limits.cost.toLocaleString('en')}); use fewer nested macros or a script`,
  );
  return tooMuch;
}

let remaining = 0;
let clock: () => number = Date.now;

/** @param now Milliseconds since the epoch, for `now()`. */
export function startMeter(now: () => number): void {
  remaining = limits.cost;
  clock = now;
}

/** @throws LimitExceeded when the evaluation went over its cost at any point. */
export function stopMeter(): void {
  if (remaining < 0) throw exceeded();
}

export function meterTime(): number {
  return clock();
}

/** @throws LimitExceeded when the cost is used up. */
export function charge(cost: number): void {
  remaining -= cost;
  if (remaining < 0) {
    remaining = -1;
    throw exceeded();
  }
}

/** Charges for reading a value's own text or list, not what is inside it. */
export function chargeShallow(value: unknown): void {
  if (typeof value === 'string') charge(value.length >> 4);
  else if (Array.isArray(value)) charge(value.length >> 2);
}

/** Charges for reading a value through and through. */
export function chargeDeep(value: unknown): void {
  if (typeof value === 'string') charge(value.length >> 4);
  else if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) {
      charge(value.length);
      for (const item of value) chargeDeep(item);
    } else if (value instanceof Map) {
      charge(value.size);
      for (const item of value.values()) chargeDeep(item);
    } else {
      const items = Object.values(value);
      charge(items.length);
      for (const item of items) chargeDeep(item);
    }
  }
}

/** Charges a macro for the items that it walks through. */
export function chargeItems(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const count = Array.isArray(value) ? value.length : value instanceof Map ? value.size : Object.keys(value).length;
  if (count > limits.items) {
    throw new LimitExceeded(
      `a macro may walk through ${limits.items.toLocaleString('en')} items, and the list has ${count.toLocaleString('en')}`,
    );
  }
  charge(count + 1);
}
