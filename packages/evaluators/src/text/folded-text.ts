/**
 * A text as it would be typed plainly, with the way back to where each
 * character stands: what hides a number or an address from a pattern (full-width
 * and other digits, odd blanks and dashes, characters that show nothing) is
 * folded away, and what was found is still pointed at in the text as it is.
 */

export type FoldedText = {
  readonly text: string;
  /** Where a stretch of the folded text stands in the original, in UTF-16 units. Invisible characters inside are part of it. */
  original(start: number, end: number): { readonly start: number; readonly end: number };
};

/** Characters that show nothing: soft hyphens, zero-width and direction marks, variation selectors, tags. */
export const invisible = /\p{Default_Ignorable_Code_Point}/u;

const blank = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/u;
const hyphen = /[\u2010-\u2013\u2212\uFE58\uFE63\uFF0D]/u;
const apostrophe = /[\u2018\u2019\u02BC\uFF07]/u;
const digit = /\p{Nd}/u;

/** Below this nothing is folded but no-break blanks and soft hyphens: letters with accents stay what they are. */
const plainBelow = 0x0300;

export function foldText(text: string): FoldedText {
  // oxlint-disable-next-line no-control-regex -- the range is "ASCII"
  if (!/[^\x00-\x7F]/.test(text)) return { text, original: (start, end) => ({ start, end }) };
  const units: string[] = [];
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    const folded = code < 0x80 ? text.charAt(at) : foldCharacter(code, text.slice(at, at + width));
    // A character that stays in two units stays in two places, so that every place of the folded text has one in the original.
    for (let unit = 0; unit < folded.length; unit += 1) {
      starts[length] = folded.length === width ? at + unit : at;
      ends[length] = folded.length === width ? at + unit + 1 : at + width;
      length += 1;
    }
    if (folded !== '') units.push(folded);
    at += width;
  }
  return {
    text: units.join(''),
    original: (start, end) => ({ start: starts[start] ?? text.length, end: end > start ? (ends[end - 1] ?? 0) : 0 }),
  };
}

/** What a character is folded to: nothing, one ASCII character, or itself. */
function foldCharacter(code: number, character: string): string {
  if (code === 0xa0) return ' ';
  if (code === 0xad) return '';
  if (code < plainBelow) return character;
  const known = foldings.get(code);
  if (known !== undefined) return known;
  const folded = folding(code, character);
  // Few scripts stand in one text; a text of every character there is does not fill the memory.
  if (foldings.size < 20_000) foldings.set(code, folded);
  return folded;
}

const foldings = new Map<number, string>();

function folding(code: number, character: string): string {
  if (invisible.test(character)) return '';
  if (blank.test(character)) return ' ';
  if (hyphen.test(character)) return '-';
  if (apostrophe.test(character)) return "'";
  if (digit.test(character)) return String(digitValue(code));
  // Superscripts count something; they do not stand for the digit beside them.
  if (code >= 0x2070 && code <= 0x209f) return character;
  const compatible = character.normalize('NFKC');
  return /^[\x20-\x7E]$/.test(compatible) ? compatible : character;
}

/** Decimal digits stand in runs of ten, from nought to nine; the start of a run is where the digits begin. */
function digitValue(code: number): number {
  const value = Number(String.fromCodePoint(code).normalize('NFKC'));
  if (Number.isInteger(value)) return value;
  let zero = code;
  while (code - zero < 9 && digit.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
}
