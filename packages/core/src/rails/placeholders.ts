/**
 * Placeholders: what stands in place of a text that a rail has hidden.
 *
 *   <EMAIL_1>          tells a model that it is an address, and which one
 *   <EMAIL_1_qzkfhw>   the same, and nobody can write it who was not shown it
 *
 * Only the second kind is ever put back. A page that holds `<EMAIL_1>` would
 * otherwise be given the address that somebody else's text had.
 */
import type { Json } from '../json.ts';
import type { Vault } from '../ports/check.ts';
import { mapTexts } from './texts-of.ts';

/**
 * Short words, a small number and perhaps six small letters: no room to pass a
 * key or a telephone number off as one.
 */
export const everyPlaceholder = /<[A-Z]{2,12}(?:_[A-Z]{2,12}){0,3}_\d{1,6}(?:_[a-z]{6})?>/g;

const drawn = /^<[A-Z]{2,12}(?:_[A-Z]{2,12}){0,3}_\d{1,6}_[a-z]{6}>$/;

/** Letters at the end of a placeholder that nobody can guess. */
export const drawnLetters = 6;

/** Whether a placeholder is one that nobody can guess. */
export function isDrawn(placeholder: string): boolean {
  return drawn.test(placeholder);
}

/** What it says that it stands for, and which: `EMAIL` and 1. @param placeholder As `everyPlaceholder` finds it. */
export function partsOfPlaceholder(placeholder: string): { readonly name: string; readonly number: number } {
  const [, name = '', number = '0'] = /^<(.*?)_(\d+)(?:_[a-z]+)?>$/.exec(placeholder) ?? [];
  return { name, number: Number(number) };
}

/** Puts back what the placeholders stand for, in every text of a value, keys too. What the vault does not know stays. */
export function restore(value: Json, vault: Vault): Json {
  const known = new Map(Object.entries(vault));
  if (known.size === 0) return value;
  return mapTexts(value, ({ text }) => {
    const whole = known.get(text);
    if (typeof whole === 'number') return whole;
    return text.replaceAll(everyPlaceholder, (placeholder) => String(known.get(placeholder) ?? placeholder));
  });
}

/** Puts back only in these fields, each named by its path (`body.to`); in all of it when none is named. */
export function restoreIn(value: Json, vault: Vault, fields: readonly string[]): Json {
  if (fields.length === 0) return restore(value, vault);
  return fields.reduce((restored, field) => restoreAt(restored, vault, field.split('.')), value);
}

function restoreAt(value: Json, vault: Vault, [field, ...rest]: readonly string[]): Json {
  if (field === undefined) return restore(value, vault);
  if (Array.isArray(value)) return value.map((item: Json) => restoreAt(item, vault, [field, ...rest]));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return value;
  // Neither a list nor null: an object.
  const object = value as { readonly [key: string]: Json };
  return { ...object, [field]: restoreAt(object[field] ?? null, vault, rest) };
}
