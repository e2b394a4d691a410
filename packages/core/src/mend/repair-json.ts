/**
 * JSON out of what a model wrote: as it stands, or without the prose, fence or
 * call around it, or mended: quotes, commas, colons and brackets that are
 * missing or too many, comments, the literals of other languages, text that was
 * cut off. One pass over the text for each form it may be in, whatever it holds.
 */
import type { Json } from '../json.ts';
import { findJson } from './find-json.ts';

export type RepairedJson = {
  readonly value: Json;
  /** The text had to be cut or mended. */
  readonly repaired: boolean;
};

/** Gives undefined when there is no JSON to be had. Prose alone is never turned into a JSON string. */
export function repairJson(text: string): RepairedJson | undefined {
  const whole = parsedJson(text);
  if (whole !== undefined) return { value: whole.value, repaired: false };
  const thought = afterThinking(text);
  const answer = unescaped(thought) ?? thought;
  const inside = inFences(answer);
  const fenced = inside === undefined ? undefined : parsedJson(inside);
  if (fenced !== undefined) return { value: fenced.value, repaired: true };
  const outside = findJson(answer);
  const within = inside === undefined || outside?.mended === 0 ? undefined : findJson(inside);
  const best = within !== undefined && within.mended < (outside?.mended ?? Infinity) ? within : outside;
  return best === undefined ? undefined : { value: best.value, repaired: true };
}

/** Strict. */
export function parsedJson(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json }; // JSON.parse gives nothing but JSON
  } catch {
    return undefined;
  }
}

function afterThinking(text: string): string {
  const end = text.lastIndexOf('</think>');
  const rest = end < 0 ? '' : text.slice(end + '</think>'.length);
  return rest.trim() === '' ? text : rest;
}

/** From the first line that opens a fence to the last that closes one, or the end. */
function inFences(text: string): string | undefined {
  const opening = /(?:```|~~~)[\w-]{0,20}[ \t]{0,20}\r?\n/.exec(text);
  if (opening === null) return undefined;
  const inside = text.slice(opening.index + opening[0].length);
  const closing = Math.max(inside.lastIndexOf('\n```'), inside.lastIndexOf('\n~~~'));
  return closing < 0 ? inside : inside.slice(0, closing);
}

const entities: { readonly [name: string]: string } = {
  quot: '"',
  '#34': '"',
  apos: "'",
  '#39': "'",
  lt: '<',
  gt: '>',
  amp: '&',
  nbsp: ' ',
};

/** The text as it was before someone made HTML or a string literal of it; undefined when nobody did. */
function unescaped(text: string): string | undefined {
  const start = text.search(/[{[]/);
  const head = start < 0 ? '' : text.slice(start + 1, start + 200);
  if (/^\s{0,150}&(?:quot|#34);/.test(head)) {
    return text.replace(/&(quot|#34|apos|#39|lt|gt|amp|nbsp);/g, (_, name: string) => entities[name] ?? '');
  }
  if (/^(?:\\n|\s){0,150}\\"/.test(head))
    return text.replace(/\\(n|t|["\\/])/g, (_, letter: string) => escapes[letter] ?? letter);
  return undefined;
}

const escapes: { readonly [letter: string]: string } = { n: '\n', t: '\t' };
