import type { Json } from '../json.ts';
import { parsePart } from './parse-part.ts';

export type FoundJson = {
  readonly value: Json;
  /** How many places were mended. */
  readonly mended: number;
};

/** A bracket that an object or a list may begin with, by what stands behind it. */
const opening = /[{[]/g;
const openedObject =
  /^\{[\s\uFEFF]{0,200}(?:["'`“‘”’}{,/#]|[\p{L}_$\d.-][\p{L}\p{N}_$.-]{0,100}[\s\uFEFF]{0,20}(?:[:=]|$)|\.\.\.|$)/u;
const openedList =
  /^\[[\s\uFEFF]{0,200}(?:["'`“‘”’\][{(,/#+.\d-]|(?:true|false|null|none|nan|infinity|undefined|TRUE|FALSE|NULL|True|False|None|NaN|Infinity)\b|[A-Za-z_]\w{0,40}\s{0,5}[,(\]]|$)/u;
/** Text whose first bracket was lost: `"key": ...` at its start. */
const bare = /^[\s\uFEFF]{0,200}(?:"[^"\n]{1,100}"|'[^'\n]{1,100}')\s{0,20}:/;

/** A part that is much shorter than the longest one is a draft, an example, or a bracket in prose. */
const leastShare = 0.25;

/**
 * Finds the object or list that a text is there for. Of several, the last that
 * is not much shorter than the longest: models end with what they mean.
 */
export function findJson(text: string): FoundJson | undefined {
  if (bare.test(text)) {
    const body = parsePart(text, 0, 'body');
    if (body !== undefined) return { value: body.value, mended: body.mended + 1 };
  }
  const parts: Part[] = [];
  opening.lastIndex = 0;
  for (let at = opening.exec(text); at !== null; at = opening.exec(text)) {
    const head = text.slice(at.index, at.index + 350);
    if (!(head.startsWith('{') ? openedObject : openedList).test(head)) continue;
    const part = parsePart(text, at.index, 'value');
    if (part === undefined) return undefined; // nested without end: nothing further in will do either
    const written = text.slice(at.index, part.end);
    if (isMeant(written, text))
      parts.push({ ...part, length: written.length, isPlain: part.mended > 0 && !/["'\d]/.test(written) });
    opening.lastIndex = Math.max(part.end, at.index + 1);
  }
  const quoted = parts.filter(({ isPlain }) => !isPlain);
  const candidates = quoted.length > 0 ? quoted : parts;
  const longest = candidates.reduce((most, { length }) => Math.max(most, length), 0);
  return candidates.findLast(({ length }) => length >= longest * leastShare);
}

type Part = FoundJson & {
  readonly length: number;
  /** Words in brackets, with nothing of JSON about them. */
  readonly isPlain: boolean;
};

/** In prose, a lone number in brackets is a reference, words in brackets are an aside, and a bracket that opens nothing is a slip. */
function isMeant(written: string, text: string): boolean {
  if (/^\[\s{0,9}\d{1,4}\s{0,9}\]$/.test(written)) return text.trim() === written;
  if (written.startsWith('[') && !/["'{\d]/.test(written)) return written.length * 2 > text.trim().length;
  return !/^[{[]\s*$/.test(written);
}
