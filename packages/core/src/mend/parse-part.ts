import type { Json } from '../json.ts';
import type { Cursor } from './cursor.ts';
import { pastBlanks, skipBlanks } from './cursor.ts';
import { readBare, sticky } from './read-bare.ts';
import { isQuote, readString } from './read-string.ts';

/** JSON nested deeper than this is no answer that anybody meant. */
const deepest = 500;
const bareKey = /[\p{L}\p{N}_$@.-]+(?: [\p{L}\p{N}_$@.-]+){0,8}/uy;
const call = /(?:new\s)?[\p{L}_$][\p{L}\p{N}_$.]{0,60}\(/uy;
const stringPrefix = /[rRbBuUfF]{1,2}(?=["'])/y;

class TooDeep extends Error {}

type Part = { readonly value: Json; readonly end: number; readonly mended: number };

/**
 * Reads one value from `start` on, mending what is broken on the way. Marks
 * inside strings are doubted only where that leaves less to mend: what is JSON
 * already is read as JSON.
 *
 * @param form `body`: the fields of an object whose opening bracket was lost.
 * @returns The value and where it ends; undefined when it is nested too deeply.
 */
export function parsePart(text: string, start: number, form: 'value' | 'body'): Part | undefined {
  const trusting = readPart({ text, trustsQuotes: true, at: start, mended: 0 }, form);
  if (trusting?.mended === 0) return trusting;
  const doubting = readPart({ text, trustsQuotes: false, at: start, mended: 0 }, form);
  if (trusting === undefined || doubting === undefined) return trusting ?? doubting;
  return doubting.mended < trusting.mended ? doubting : trusting;
}

function readPart(cursor: Cursor, form: 'value' | 'body'): Part | undefined {
  try {
    const value = form === 'body' ? readObject(cursor, '}') : (readValue(cursor, 'item', '') ?? null);
    return { value, end: cursor.at, mended: cursor.mended };
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
}

/** @param open The brackets that would close what stands open, innermost first. @returns undefined when no value stands here. */
function readValue(cursor: Cursor, place: 'field' | 'item', open: string): Json | undefined {
  if (open.length > deepest) throw new TooDeep();
  skipBlanks(cursor);
  const { text } = cursor;
  const character = text[cursor.at];
  if (character === '{' || character === '[' || character === '(') {
    cursor.at += 1;
    if (character === '(') cursor.mended += 1;
    return character === '{'
      ? readObject(cursor, `}${open}`)
      : readList(cursor, `${character === '(' ? ')' : ']'}${open}`);
  }
  const prefix = sticky(stringPrefix, text, cursor.at);
  if (prefix !== undefined) {
    cursor.at += prefix.length;
    cursor.mended += 1;
  }
  if (isQuote(text[cursor.at])) return readStrings(cursor, place, open);
  const called = sticky(call, text, cursor.at);
  if (called !== undefined) {
    cursor.at += called.length;
    cursor.mended += 1;
    const values = readList(cursor, `)${open}`);
    return values.length === 1 ? values[0] : values;
  }
  return readBare(cursor, place)?.value;
}

/** `"a" + "b"` is one string. */
function readStrings(cursor: Cursor, place: 'field' | 'item', open: string): string {
  let whole = readString(cursor, place, open);
  for (;;) {
    const plus = pastBlanks(cursor.text, cursor.at);
    const next = pastBlanks(cursor.text, plus + 1);
    if (cursor.text[plus] !== '+' || !isQuote(cursor.text[next])) return whole;
    cursor.at = next;
    cursor.mended += 1;
    whole += readString(cursor, place, open);
  }
}

function readObject(cursor: Cursor, open: string): Json {
  const { text } = cursor;
  const fields: [string, Json][] = [];
  for (let needsComma = false; !closes(cursor, open);) {
    if (isSeparator(cursor)) {
      if (!needsComma) cursor.mended += 1;
      needsComma = false;
      continue;
    }
    if (needsComma) cursor.mended += 1;
    const key = readKey(cursor, open);
    if (key === undefined) {
      cursor.at += 1;
      cursor.mended += 1;
      continue;
    }
    skipBlanks(cursor);
    if (cursor.at >= text.length) {
      cursor.mended += 1; // a name that was cut off says nothing
      break;
    }
    const sign = sticky(/:=|=>|::|:|=|：/y, text, cursor.at);
    if (sign !== ':') cursor.mended += 1;
    cursor.at += sign?.length ?? 0;
    skipBlanks(cursor);
    const value = readValue(cursor, 'field', open);
    if (value === undefined) cursor.mended += 1;
    fields.push([key, value ?? null]);
    needsComma = true;
  }
  return Object.fromEntries(fields);
}

function readKey(cursor: Cursor, open: string): string | undefined {
  const prefix = sticky(stringPrefix, cursor.text, cursor.at);
  if (prefix !== undefined) cursor.at += prefix.length;
  if (isQuote(cursor.text[cursor.at])) return readString(cursor, 'key', open);
  const key = sticky(bareKey, cursor.text, cursor.at);
  if (key === undefined) return undefined;
  cursor.at += key.length;
  cursor.mended += 1;
  return key;
}

function readList(cursor: Cursor, open: string): readonly Json[] {
  const items: Json[] = [];
  for (let needsComma = false; !closes(cursor, open);) {
    if (isSeparator(cursor)) {
      if (!needsComma) cursor.mended += 1;
      needsComma = false;
      continue;
    }
    if (needsComma) cursor.mended += 1;
    const value = readValue(cursor, 'item', open);
    if (value === undefined) {
      cursor.at += 1;
      cursor.mended += 1;
    } else {
      items.push(value);
      needsComma = true;
    }
  }
  return items;
}

/**
 * Whether the object or list ends here, passing over its bracket. It also ends
 * before the bracket of something around it, and with the text; a bracket that
 * closes nothing is passed over.
 */
function closes(cursor: Cursor, open: string): boolean {
  for (;;) {
    skipBlanks(cursor);
    const character = cursor.text[cursor.at];
    if (character === undefined) {
      cursor.mended += 1;
      return true;
    }
    if (character === open[0]) {
      cursor.at += 1;
      return true;
    }
    if (character !== '}' && character !== ']' && character !== ')') return false;
    cursor.mended += 1;
    if (open.includes(character)) return true;
    cursor.at += 1;
  }
}

/** Passes over a comma, a semicolon, those of Chinese and Japanese, or the dots that stand for "and so on". */
function isSeparator(cursor: Cursor): boolean {
  const separator = sticky(/[,;，；、]|\.\.\.|…/y, cursor.text, cursor.at);
  if (separator === undefined) return false;
  if (separator !== ',') cursor.mended += 1;
  cursor.at += separator.length;
  return true;
}
