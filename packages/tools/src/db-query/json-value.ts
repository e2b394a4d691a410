import { deepestValue, isWithinDepth, TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';

/**
 * A value of a database as JSON, without losing any of it: whole numbers beyond
 * 2^53 and numbers that are none become text, bytes become base64, times ISO 8601.
 */
export function jsonValue(value: unknown): Json {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'object':
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (Array.isArray(value)) return value.map(jsonValue);
      return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, jsonValue(field)]));
    default:
      // No driver gives functions or symbols.
      return null;
  }
}

/** A decimal number as a JSON number when that is the same number, else as the text it is. */
export function exactNumber(text: string): Json {
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  const number = Number(text);
  return Number.isFinite(number) && digits.length <= 15 ? number : text;
}

/** Column names such that each row can hold every value: a repeated name gets a number. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let number = 2; taken.has(distinct); number += 1) distinct = `${name}_${number}`;
    taken.add(distinct);
    return distinct;
  });
}

/** Gathers rows up to a number of rows and of bytes. */
export class RowCollector {
  readonly rows: JsonObject[] = [];
  truncated = false;
  #bytes = 0;
  readonly #limits: { readonly maxRows: number; readonly maxBytes: number };

  constructor(limits: { readonly maxRows: number; readonly maxBytes: number }) {
    this.#limits = limits;
  }

  /** @throws TelosError VALUE_TOO_DEEP. @returns Whether the row was taken; false means that no further one will be. */
  add(columns: readonly string[], values: readonly unknown[]): boolean {
    if (this.truncated) return false;
    if (!values.every((value) => isWithinDepth(value))) {
      throw new TelosError('VALUE_TOO_DEEP', `A value of a row is nested more than ${deepestValue} levels deep`, {
        next: 'Select a part of it, or its text: `document::text`.',
      });
    }
    const row = Object.fromEntries(columns.map((column, index) => [column, jsonValue(values[index])]));
    this.#bytes += JSON.stringify(row).length;
    this.truncated = this.rows.length >= this.#limits.maxRows || this.#bytes > this.#limits.maxBytes;
    if (!this.truncated) this.rows.push(row);
    return !this.truncated;
  }
}
