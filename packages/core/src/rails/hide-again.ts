/**
 * Hiding once more what was put back: a tool repeats in its answer what it was
 * given, and seldom as it was given it.
 *
 *   +49 170 1234567   0049-170-1234567   tel=%2B491701234567   KzQ5IDE3MCAxMjM0NTY3
 *
 * Texts are compared by their letters and digits alone, without case and accents,
 * escapes read as what they stand for. What is found stands as a word of its own:
 * `anna@acme.example` is not in `joanna@acme.example`.
 */
import type { Vault } from '../ports/check.ts';
import { inBase64, inHexadecimal } from './encoded.ts';
import { everyPlaceholder } from './placeholders.ts';

/** Gives JSON-like data with each text that a vault has hidden by its placeholder; the very same value when it holds none. */
export type HideAgain = <T>(value: T) => T;

/** Shorter texts stand in common words. */
const shortest = 3;

/** Shorter ones are found in encoded data by chance. */
const shortestEncoded = 6;

/** Characters that may part the letters of one text: `) - `, a character of no width. */
const widestGap = 3;

/** Digits that are told from any others, behind a country's code. */
const fewestDigits = 7;

/** What is looked for, in the order in which it is: of two that begin at one place the longer. */
type Sought = {
  readonly text: string;
  readonly placeholder: string;
  /** What is hidden, as it was: signs at its ends go with it. */
  readonly whole: string;
  readonly isPart?: boolean;
};

export function hideAgain(vault: Vault): HideAgain {
  const read: Sought[] = [];
  const literal: Sought[] = [];
  for (const [placeholder, hidden] of Object.entries(vault)) {
    const text = String(hidden);
    if (text === placeholder) continue;
    const { letters } = readText(text);
    if (letters.length >= shortest) read.push({ text: letters, placeholder, whole: text });
    else if (text.length >= shortest) literal.push({ text, placeholder, whole: text });
    if (text.length >= shortestEncoded)
      for (const form of [...inBase64(text), ...inHexadecimal(text)])
        literal.push({ text: form, placeholder, whole: form });
    // As it is dialled within its country.
    const digits = /^(?:\+|00)\d+$/.test(text.replace(/[\s()./-]/g, '')) ? letters : '';
    const dialled = digits.slice(-Math.max(fewestDigits, digits.length - 4));
    if (dialled.length >= fewestDigits) read.push({ text: dialled, placeholder, whole: dialled, isPart: true });
  }
  if (read.length + literal.length === 0) return (value) => value;
  const inReading = finding(read);
  const asItIs = finding(literal);
  const placeholders = new Map(literal.map(({ text, placeholder }) => [text, placeholder]));

  function inText(text: string): string {
    const decoded =
      asItIs === undefined ? text : text.replaceAll(asItIs, (form) => placeholders.get(form) ?? '<HIDDEN_0>');
    if (inReading === undefined) return decoded;
    const hidden = hiddenByReading(decoded, unit, read, inReading);
    return /\\[nrt]/.test(hidden) ? hiddenByReading(hidden, unitOfCode, read, inReading) : hidden;
  }

  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (typeof value === 'number') {
      const text = String(value);
      const changed = inText(text);
      return changed === text ? value : changed;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(inValue);
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [inText(key), inValue(field)]));
  };
  // Safe: texts stay texts, lists lists and objects objects; a number that was hidden becomes the text that hid it.
  return <T>(value: T): T => inValue(value) as T;
}

/** Finds where any of them begins; sorts them. */
function finding(sought: Sought[]): RegExp | undefined {
  if (sought.length === 0) return undefined;
  sought.sort((left, right) => right.text.length - left.text.length);
  return new RegExp(sought.map(({ text }) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

function hiddenByReading(text: string, units: RegExp, sought: readonly Sought[], beginning: RegExp): string {
  const reading = readText(text, units);
  const { letters, starts, ends } = reading;
  const parts: string[] = [];
  let shown = 0;
  beginning.lastIndex = 0;
  for (let match = beginning.exec(letters); match !== null; match = beginning.exec(letters)) {
    const { index } = match;
    const found = sought.find((one) => letters.startsWith(one.text, index) && standsAlone(reading, index, one));
    beginning.lastIndex = index + (found?.text.length ?? 1);
    if (found === undefined) continue;
    const before = text.slice(shown, starts[index]);
    const end = ends[index + found.text.length - 1] ?? text.length;
    parts.push(before.slice(0, before.length - signsAt(before, found.whole)), found.placeholder);
    shown = end + signsAfter(text.slice(end, end + longestSigns), found.whole);
  }
  return shown === 0 ? text : parts.join('') + text.slice(shown);
}

/** Signs at one end of a text that belong to it, as an address may write them. */
const longestSigns = 20;

/** How much at the end of `before` is how the text begins: the `+` of a number. */
function signsAt(before: string, whole: string): number {
  const signs = /^[^\p{L}\p{N}\s]+/u.exec(whole)?.[0] ?? '';
  return formsOf(signs).find((form) => before.endsWith(form))?.length ?? 0;
}

function signsAfter(after: string, whole: string): number {
  const signs = /[^\p{L}\p{N}\s]+$/u.exec(whole)?.[0] ?? '';
  return formsOf(signs).find((form) => after.startsWith(form))?.length ?? 0;
}

function formsOf(signs: string): readonly string[] {
  if (signs === '' || signs.length > longestSigns) return [];
  return [encodeURIComponent(signs.toWellFormed()), signs];
}

/** Scripts that put no blanks between words. */
const unspaced = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Whether nothing goes on where it begins and where it ends. */
function standsAlone({ letters, follows }: Reading, index: number, { text, isPart }: Sought): boolean {
  if (unspaced.test(text)) return true;
  const end = index + text.length;
  const begins = isPart === true || follows[index] !== true;
  return begins && (end >= letters.length || follows[end] !== true);
}

/** A text by its letters and digits. Lists are as long as `letters`. */
type Reading = {
  readonly letters: string;
  /** Where in the text each begins and ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Whether it stands right behind the one before it. */
  readonly follows: readonly boolean[];
};

/** Stands between letters that are too far apart to be of one text, and is in none. */
const apart = '\0';

const escape = '(?:%[0-9a-f]{2})+|&(?:#\\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});|\\\\+u[0-9a-f]{4}';
const unit = new RegExp(`${everyPlaceholder.source}|${escape}|[a-z0-9]+|[^]`, 'giu');
/** The same where `\n` is the end of a line, and not what `domain\name` has. */
const unitOfCode = new RegExp(`${everyPlaceholder.source}|${escape}|\\\\+[nrt]|[a-z0-9]+|[^]`, 'giu');

function readText(text: string, units: RegExp = unit): Reading {
  const starts: number[] = [];
  const ends: number[] = [];
  const follows: boolean[] = [];
  let letters = '';
  let gap = 0;
  function push(one: string, start: number, end: number): void {
    const isNext = gap === 0 && letters !== '';
    const added = gap > widestGap ? apart + one : one;
    for (let half = 0; half < added.length; half += 1) {
      starts.push(start);
      ends.push(end);
      follows.push(isNext);
    }
    letters += added;
    gap = 0;
  }
  for (const match of text.matchAll(units)) {
    const [whole] = match;
    const { index } = match;
    if (/^[a-z0-9]/i.test(whole)) {
      const small = whole.toLowerCase();
      for (let at = 0; at < small.length; at += 1) push(small.charAt(at), index + at, index + at + 1);
    } else if (whole.length > 2 && whole.startsWith('<')) gap = widestGap + 1;
    else
      for (const one of plain(decoded(whole))) {
        if (/[\p{L}\p{N}]/u.test(one)) push(one, index, index + whole.length);
        else if (!/\p{M}/u.test(one)) gap += 1;
      }
  }
  return { letters, starts, ends, follows };
}

/** Without case and accents; of letters of another form those that they stand for. */
function plain(text: string): string {
  return text.normalize('NFKD').toLowerCase();
}

/** What an escape stands for. */
function decoded(unitOf: string): string {
  if (unitOf.length === 1) return unitOf;
  if (unitOf.startsWith('%')) return fromPercents(unitOf);
  if (unitOf.startsWith('\\')) return /u[0-9a-f]{4}$/i.test(unitOf) ? fromCode(unitOf.slice(-4), 16) : ' ';
  if (unitOf.startsWith('&#')) {
    const isHexadecimal = /^&#x/i.test(unitOf);
    return fromCode(unitOf.slice(isHexadecimal ? 3 : 2, -1), isHexadecimal ? 16 : 10);
  }
  return unitOf.startsWith('&') ? ' ' : unitOf;
}

function fromCode(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}

/** Bytes that are no text stand for nothing. */
function fromPercents(percents: string): string {
  return Buffer.from(percents.replaceAll('%', ''), 'hex').toString();
}
