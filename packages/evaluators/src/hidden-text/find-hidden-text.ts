/**
 * What a reader does not see as it is: characters that show nothing, that turn
 * the direction of writing, that spell in invisible tags, that command a
 * terminal, and letters that pass for others. Scripts and emoji that need such
 * characters are left alone.
 */
import type { Finding } from '../findings/finding.ts';
import { latinLookAlike } from './look-alikes.ts';

const ignorable = /\p{Default_Ignorable_Code_Point}+/gu;
const directions = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/u;
const overrides = /[\u202D\u202E]/u;
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Scripts in which joiners are spelling. */
const joining =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Oriya}\p{Script=Sinhala}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Mongolian}\p{Script=Thai}\p{Script=Lao}\p{Script=Tibetan}]/u;
/** Anchored on both sides: of one that is anchored at its end alone V8 misses what takes two units. */
const pictographic = /^[\p{Extended_Pictographic}\p{Emoji_Component}\p{Regional_Indicator}]$/u;
/** Variation selectors choose how a sign or an ideograph is drawn: one behind each. */
const selector = /^[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]$/u;
const drawnInVariants = /^[\p{Extended_Pictographic}\p{S}\p{Script=Han}\p{Script=Mongolian}\p{Script=Myanmar}#*0-9]$/u;
/** A flag of a region: a black flag, tags, and the tag that ends them. */
const flagTags = /^[\u{E0061}-\u{E007A}\u{E0030}-\u{E0039}]{2,6}\u{E007F}$/u;
const tags = /[\u{E0001}\u{E0020}-\u{E007F}]/u;
const controls =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001B\[[0-9;?]{0,20}[A-Za-z]|\u001B\][^\u0007\u001B]{0,200}(?:\u0007|\u001B\\)|[\u0000-\u0008\u000B\u000E-\u001F\u007F-\u0084\u0086-\u009F])+/g;
const stacked = /\p{M}{6,}/gu;
const styled = /(?:[\u{1D400}-\u{1D7CB}\u{1F130}-\u{1F189}\u24B6-\u24E9]\s?){4,}/gu;
const word = /[\p{L}\p{M}]{2,80}/gu;

export function findHiddenText(text: string): readonly Finding[] {
  // oxlint-disable-next-line no-control-regex -- the range is "ASCII but for what is none of text"
  if (/^[\t\n\f\r\x20-\x7E]*$/.test(text)) return [];
  const spread = rightToLeft.test(text);
  return [
    ...[...text.matchAll(ignorable)].flatMap((match) => invisible(text, match, spread)),
    ...all(text, controls, 'CONTROL_CHARACTER', 0.9),
    ...all(text, stacked, 'STACKED_MARKS', 0.7),
    ...all(text, styled, 'STYLED_LETTERS', 0.6),
    ...lookAlikes(text),
  ];
}

function all(text: string, pattern: RegExp, type: string, confidence: number): readonly Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    type,
    start: match.index,
    end: match.index + match[0].length,
    confidence,
  }));
}

/** A row of characters that show nothing, by what it is made of and what it stands between. */
function invisible(text: string, match: RegExpExecArray, isRightToLeft: boolean): readonly Finding[] {
  const row = match[0];
  const [start, end] = [match.index, match.index + row.length];
  const finding = (type: string, confidence: number): readonly Finding[] => [{ type, start, end, confidence }];
  const before = lastCharacter(text.slice(Math.max(0, start - 2), start));
  const after = Array.from(text.slice(end, end + 2))[0] ?? '';

  if (tags.test(row)) return before === '🏴' && flagTags.test(row) ? [] : finding('TAG_CHARACTERS', 0.99);
  if (overrides.test(row)) return finding('BIDI_CONTROL', isRightToLeft ? 0.8 : 0.95);
  if (directions.test(row)) return isRightToLeft ? [] : finding('BIDI_CONTROL', 0.8);
  // At the very start it says in which order the bytes are.
  if (row === '\uFEFF' && start === 0) return [];
  if (selector.test(row)) return drawnInVariants.test(before) ? [] : finding('INVISIBLE_CHARACTERS', 0.8);
  if (/^\uFE0F?\u200D\uFE0F?$/.test(row) && pictographic.test(before)) return [];
  if (/^[\u200B-\u200D]$/.test(row) && (joining.test(before) || joining.test(after))) return [];
  // Where a word may be broken: pages and books are full of them.
  if (/^\u00AD$/.test(row))
    return /\p{L}/u.test(before) && /\p{L}/u.test(after) ? [] : finding('INVISIBLE_CHARACTERS', 0.6);
  // Between blanks, or alone at an end, a zero-width blank is left over from layout.
  if (/^[\u200B\u2060\uFEFF]$/.test(row) && !(/[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after)))
    return finding('INVISIBLE_CHARACTERS', 0.4);
  return finding('INVISIBLE_CHARACTERS', row.length > 3 ? 0.95 : 0.8);
}

function lastCharacter(text: string): string {
  return Array.from(text).at(-1) ?? '';
}

const isLatin = /\p{Script=Latin}/u;
const cyrillic = /\p{Script=Cyrillic}/u;

/** Words that mix Latin letters with letters that look Latin. `Δt` and `µm` look like nothing else and are left alone. */
function lookAlikes(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(word)) {
    // oxlint-disable-next-line no-control-regex -- the range is "ASCII"
    if (!/[^\x00-\x7F]/.test(match[0])) continue;
    const letters = Array.from(match[0].normalize('NFC')).filter((letter) => /\p{L}/u.test(letter));
    const latinLetters = letters.filter((letter) => isLatin.test(letter) && latinLookAlike(letter) === undefined);
    const others = letters.filter((letter) => latinLookAlike(letter) !== undefined);
    const strange = letters.length - latinLetters.length - others.length;
    if (latinLetters.length === 0 || others.length === 0 || strange > 0) continue;
    const isOneSign =
      others.length === 1 &&
      !cyrillic.test(others[0] ?? '') &&
      (latinLookAlike(letters[0] ?? '') !== undefined || letters.length < 3);
    if (isOneSign) continue;
    const confidence = others.some((letter) => cyrillic.test(letter)) ? 0.9 : 0.7;
    findings.push({ type: 'LOOK_ALIKE_LETTERS', start: match.index, end: match.index + match[0].length, confidence });
  }
  return findings;
}

/** The text as it is read: without what shows nothing, and with plain letters for those that pass for them. */
export function shownPlainly(text: string, findings: readonly Finding[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { type, start, end } of findings.toSorted((left, right) => left.start - right.start)) {
    if (start < from) continue;
    parts.push(text.slice(from, start));
    const found = text.slice(start, end);
    if (type === 'LOOK_ALIKE_LETTERS')
      parts.push(Array.from(found, (letter) => latinLookAlike(letter) ?? letter).join(''));
    else if (type === 'STYLED_LETTERS') parts.push(found.normalize('NFKC'));
    else if (type === 'STACKED_MARKS') parts.push(Array.from(found)[0] ?? '');
    from = end;
  }
  return parts.join('') + text.slice(from);
}
