import type { SQLInputValue } from 'node:sqlite';

/** A piece of a statement with the values that stand in it. */
export type Sql = { readonly text: string; readonly values: readonly SQLInputValue[] };

export function sql(text: string, ...values: readonly SQLInputValue[]): Sql {
  return { text, values };
}

export function joined(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map(({ text }) => text).join(separator), values: parts.flatMap(({ values }) => values) };
}
