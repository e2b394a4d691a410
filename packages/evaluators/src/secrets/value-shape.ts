/**
 * Whether a value looks as if a machine had drawn it, or a person had thought it
 * up as a password, rather than named something with it.
 */
import { isPlaceholder } from './placeholder-value.ts';

/** Bits a character, over the characters that occur. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A token: long enough, of letters and digits, without the look of a name, a path, a version or a date. */
export function looksLikeToken(value: string): boolean {
  if (value.length < 10 || value.length > 4000 || /\s/.test(value) || isPlaceholder(value)) return false;
  if (uuid.test(value)) return true;
  if (isNamed(value)) return false;
  const kinds = kindsOf(value);
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 16 && kinds >= 2 && entropyOf(value) >= 2.6;
  if (value.length < 16) return kinds >= 3 && entropyOf(value) >= 2.9;
  if (!/\d/.test(value))
    return value.length >= 20 && kinds >= 2 && entropyOf(value) >= 3.9 && changesOfCase(value) >= value.length / 4;
  return /[a-z]/i.test(value) && entropyOf(value) >= 3.1;
}

/** A password: what a person types, or a generator makes for people. */
export function looksLikePassword(value: string, isQuoted: boolean): boolean {
  if (value.length < 6 || value.length > 400 || isPlaceholder(value)) return false;
  if (/\s/.test(value)) return false;
  if (/^(?:[a-z][a-z0-9+.-]{1,20}:)?\/\/|^\.{0,2}\/|^[a-z]:\\|@[\w-]{1,60}\.[a-z]{2,12}$/i.test(value)) return false;
  if (uuid.test(value) || looksLikeToken(value)) return true;
  if (!isQuoted && /[A-Z]/.test(value) && isIdentifier(value) && !/\d$/.test(value)) return false;
  const letters = /\p{L}/u.test(value);
  const digits = /\d/.test(value);
  const marks = /[^\p{L}\d]/u.test(value);
  if (!letters) return digits && (marks ? kindsOf(value) >= 2 && !isNumberLike(value) : isQuoted && value.length >= 6);
  if (digits) return value.length >= 8 ? !/pass|pwd|reset|hash|policy|min|max/i.test(value) : !isVersioned(value);
  // Letters alone: a word, unless its case jumps about. With a mark that names do not have, a password again.
  return /[!#$%^&*+=?~|@;]/.test(value) ? value.length >= 7 : !marks && changesOfCase(value) >= 4 && value.length >= 8;
}

/** Lower case, upper case, digits, others: how many of the four. */
function kindsOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
}

function changesOfCase(value: string): number {
  let changes = 0;
  let last = '';
  for (const character of value) {
    const kind = /[a-z]/.test(character) ? 'a' : /[A-Z]/.test(character) ? 'A' : '1';
    if (last !== '' && kind !== last) changes += 1;
    last = kind;
  }
  return changes;
}

/** A path, an address, a dotted or hyphenated name, a date: parts that are words, numbers or short. */
function isNamed(value: string): boolean {
  if (
    /^(?:[a-z][a-z0-9+.-]{1,20}:)?\/\/|^\.{0,2}\/[\w.-]{1,80}(?:\/|$)|^[\w.-]{1,60}(?:\/[\w.-]{1,40}){2}|@[\w-]{1,60}\.\w/i.test(
      value,
    )
  )
    return true;
  if (/^\d{4}-\d\d-\d\d/.test(value) || /^v?\d{1,4}(?:\.\d{1,6}){1,4}/.test(value)) return true;
  if (/^(?:urn|data|tel|mailto):/i.test(value) || isIdentifier(value)) return true;
  const parts = value.split(/[-_.:/\s]/).filter((part) => part !== '');
  return parts.length > 1 && parts.every((part) => isWordLike(part) || part.length <= 2);
}

/** `exchangeX509Token`, `!isBearerToken`: words run together, as code does. Random letters change case too often for that. */
function isIdentifier(value: string): boolean {
  if (!/^!?[A-Za-z_$][\w$.]*$/.test(value) || !/[a-z]/.test(value)) return false;
  const pieces = value.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];
  const letters = pieces.filter((piece) => !/\d/.test(piece));
  return pieces.length - letters.length <= 2 && letters.join('').length / Math.max(1, letters.length) >= 4;
}

/** A word, a word with a number behind it, or a number. */
function isWordLike(part: string): boolean {
  return /^(?:[A-Z]?[a-z]{2,20}|[A-Z]{2,20}|[A-Z]?[a-z]{1,15}(?:[A-Z][a-z]{1,15}){1,4})\d{0,3}$|^v?\d{1,4}$/.test(part);
}

/** `text-embedding-3-small`, `v2.1`, `sha256`, `step2`: a name with a number in it. */
function isVersioned(value: string): boolean {
  const parts = value.split(/[-_.:/]/).filter((part) => part !== '');
  return parts.length > 1 && parts.every(isWordLike) && parts.filter((part) => /[a-z]/i.test(part)).length >= 2;
}

/** A date, a time, a telephone number, an amount. */
function isNumberLike(value: string): boolean {
  return /^[\d\s.,:/+()%-]+$/.test(value);
}
