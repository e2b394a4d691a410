/**
 * From CEL's values to JSON: integers become numbers, timestamps ISO 8601 UTC
 * text, durations text such as `90s`, bytes base64, maps objects. Charges the
 * meter, so that a small list of references cannot unfold into a huge tree.
 */
import type { Json } from '@telos/core';
import { charge } from './meter.ts';

/** @throws Error when the value has no JSON form: NaN, infinity, a type, a function. */
export function jsonOfValue(value: unknown): Json {
  switch (typeof value) {
    case 'string':
      charge(1 + (value.length >> 6));
      return value;
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`the result is ${value}, which JSON cannot hold`);
      return value;
    case 'bigint':
      return Number(value);
    case 'object':
      return value === null ? null : jsonOfObject(value);
    default:
      throw new Error('the result has no JSON form');
  }
}

function jsonOfObject(value: object): Json {
  if (Array.isArray(value)) {
    charge(value.length + 1);
    return value.map((item: unknown) => jsonOfValue(item));
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) {
    charge(value.size + 1);
    return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), jsonOfValue(item)]));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) {
    const entries = Object.entries(value);
    charge(entries.length + 1);
    return Object.fromEntries(entries.map(([key, item]) => [key, jsonOfValue(item)]));
  }
  const plain: unknown = value.valueOf();
  // CEL's own wrappers: an unsigned integer gives a bigint, a duration its milliseconds
  if (typeof plain === 'bigint') return Number(plain);
  if (typeof plain === 'number') return `${plain / 1000}s`;
  throw new Error('the result is a type or another value that JSON cannot hold');
}
