/**
 * Every text in a value, keys too, with the place where it stands. A number is a
 * text as well when someone could have written digits that mean something: a
 * card or a telephone number loses nothing by being written without quotes.
 */
import type { Json } from '../json.ts';

export type PlacedText = {
  readonly text: string;
  /** A JSON Pointer to the text, or, for a key, to the field that it names; '' for a value that is a text itself. */
  readonly pointer: string;
  readonly isKey: boolean;
  readonly isNumber: boolean;
  /** The key that the text is under; of a list's items the list's; '' outside objects. What it is called says what it may be. */
  readonly field: string;
};

/** Integers of fewer digits are amounts and counts. */
const fewestDigits = 8;

/** In document order, a key before what it names. */
export function textsOf(value: Json): readonly PlacedText[] {
  const texts: PlacedText[] = [];
  mapTexts(value, (placed) => {
    texts.push(placed);
    return placed.text;
  });
  return texts;
}

/** The same value with every text replaced. A number whose text stays the same stays a number, and so does what comes back as one. */
export function mapTexts(value: Json, change: (placed: PlacedText) => string | number, pointer = '', field = ''): Json {
  if (typeof value === 'string') return change({ text: value, pointer, isKey: false, isNumber: false, field });
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 10 ** (fewestDigits - 1)) return value;
    const text = String(value);
    const changed = change({ text, pointer, isKey: false, isNumber: true, field });
    return changed === text ? value : changed;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => mapTexts(item, change, `${pointer}/${index}`, field));
  }
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Json }).map(([key, item]) => {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const changed = change({ text: key, pointer: at, isKey: true, isNumber: false, field: '' });
      return [String(changed), mapTexts(item, change, at, key)];
    }),
  );
}
