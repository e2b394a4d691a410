import type { Json } from '../json.ts';
import type { Cursor } from './cursor.ts';
import { isBlank, pastBlanks } from './cursor.ts';

const literals = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
  ['nil', null],
  ['undefined', null],
  ['nan', null],
  ['infinity', null],
]);
const number = /[+-]?(?:0[xX][\dA-Fa-f]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d*)?)/y;
const word = /[+-]?[\p{L}_$][\p{L}\p{N}_$]*/uy;
/** A text without quotation marks ends where a value may end. */
const unquoted = /[^,{}[\]\r\n"]+/y;

/** A value without quotation marks: a number, a literal of some language, or text. Undefined when nothing stands here. */
export function readBare(cursor: Cursor, place: 'field' | 'item'): { readonly value: Json } | undefined {
  const { text, at } = cursor;
  const digits = sticky(number, text, at);
  if (
    digits !== undefined &&
    (isEnd(text, at + digits.length) || (place === 'item' && isBeforeNumber(text, at + digits.length)))
  ) {
    const value = numberOf(digits);
    if (value !== undefined) {
      cursor.at += digits.length;
      if (JSON.stringify(value) !== digits) cursor.mended += 1;
      return { value };
    }
  }
  const name = sticky(word, text, at);
  if (name !== undefined && isEnd(text, at + name.length)) {
    const value = literalOf(name, at + name.length === text.length);
    if (value !== undefined) {
      cursor.at += name.length;
      if (JSON.stringify(value) !== name) cursor.mended += 1;
      return { value };
    }
  }
  const words = sticky(unquoted, text, at)?.replace(/\s(?:\/\/|#).*$/, '');
  if (words === undefined || words.trim() === '') return undefined;
  cursor.at += words.length;
  cursor.mended += 1;
  return { value: words.trim() === '-' ? null : words.trim() };
}

function numberOf(digits: string): Json | undefined {
  if (/^[+-]?0\d/.test(digits)) return undefined; // a code, like 007: its noughts mean something
  const plain = digits.replaceAll('_', '').replace(/[eE][+-]?$/, '');
  const value = /^[+-]?0x/i.test(plain)
    ? Number(plain.replace(/^[+-]/, '')) * (plain.startsWith('-') ? -1 : 1)
    : Number(plain);
  return Number.isFinite(value) ? value : null;
}

function literalOf(name: string, isCutOff: boolean): Json | undefined {
  const lower = name.toLowerCase().replace(/^[+-]/, '');
  if (literals.has(lower)) return literals.get(lower);
  const whole =
    isCutOff && lower.length > 1 ? [...literals.keys()].find((literal) => literal.startsWith(lower)) : undefined;
  return whole === undefined ? undefined : literals.get(whole);
}

/** Whether a number or a literal may end here: what follows ends a value or begins a comment. */
function isEnd(text: string, at: number): boolean {
  let next = at;
  while (next < at + 200 && isBlank(text[next]) && text[next] !== '\n') next += 1;
  const after = text[next];
  return (
    after === undefined ||
    ',，；、]});:\n\r#"'.includes(after) ||
    (after === '/' && (next > at || /[/*]/.test(text[next + 1] ?? '')))
  );
}

/** In a list whose commas were forgotten. */
function isBeforeNumber(text: string, at: number): boolean {
  return isBlank(text[at]) && /^[+-]?[\d.]/.test(text.slice(pastBlanks(text, at), pastBlanks(text, at) + 2));
}

/** What a sticky pattern matches at a place. */
export function sticky(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
