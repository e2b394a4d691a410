import { latinLookAlike } from '../../hidden-text/look-alikes.ts';

/** What a character of folded text is to the tokenizer. */

export const other = 0;
/** Part of a word: letters, digits, marks. */
export const wordCharacter = 1;
/** A word by itself: scripts that put no blanks between words. */
export const wholeWord = 2;

const kinds = new Map<number, number>();
const ascii = Uint8Array.from({ length: 128 }, (_, code) =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code === 0x5f ? wordCharacter : other,
);
const letter = /[\p{L}\p{N}\p{M}]/u;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export function kindOf(code: number): number {
  if (code < 128) return ascii[code] ?? other;
  const known = kinds.get(code);
  if (known !== undefined) return known;
  const character = String.fromCodePoint(code);
  const kind =
    unspaced.test(character) && letter.test(character) ? wholeWord : letter.test(character) ? wordCharacter : other;
  if (kinds.size < 50_000) kinds.set(code, kind);
  return kind;
}

/** The word in Latin letters when each of its other letters passes for one; else undefined. */
export function latinForm(word: string): string | undefined {
  let latin = '';
  let changed = false;
  for (const letter of word) {
    if (letter.charCodeAt(0) < 128) {
      latin += letter;
      continue;
    }
    const plain = latinLookAlike(letter);
    if (plain === undefined) return undefined;
    latin += plain.toLowerCase();
    changed = true;
  }
  return changed ? latin : undefined;
}
