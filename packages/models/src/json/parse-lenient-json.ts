/**
 * JSON out of what a model wrote: as it stands, or without the fence and the
 * prose around it, or mended (quotes, commas, brackets left open).
 */
import type { Json } from '@telos/core';

export type LenientJson = {
  readonly value: Json;
  /** The text had to be cut or mended. */
  readonly repaired: boolean;
};

/** In UTF-16 units. The time that mending takes grows faster than the text. */
const longestToMend = 100_000;

/** Gives undefined when there is no JSON to be had. Prose alone is never turned into a JSON string. */
export async function parseLenientJson(text: string): Promise<LenientJson | undefined> {
  const whole = parsed(text);
  if (whole !== undefined) return { value: whole.value, repaired: false };
  const bare = withoutProse(text);
  if (bare === undefined) return undefined;
  const cut = parsed(bare);
  if (cut !== undefined) return { value: cut.value, repaired: true };
  if (bare.length > longestToMend) return undefined;
  const { jsonrepair } = await import('jsonrepair');
  try {
    const mended = parsed(jsonrepair(bare));
    return mended === undefined ? undefined : { value: mended.value, repaired: true };
  } catch {
    return undefined;
  }
}

function parsed(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json }; // JSON.parse gives nothing but JSON
  } catch {
    return undefined;
  }
}

/** The part of a text that looks like a JSON object or array: inside a fence, else from the first bracket to its last. */
function withoutProse(text: string): string | undefined {
  const answer = text.includes('</think>') ? text.slice(text.lastIndexOf('</think>') + '</think>'.length) : text;
  const fenced = insideFence(answer);
  const body = fenced !== undefined && /[{[]/.test(fenced) ? fenced : answer;
  const start = body.search(/[{[]/);
  if (start < 0) return undefined;
  const end = body.lastIndexOf(body[start] === '{' ? '}' : ']');
  return end > start ? body.slice(start, end + 1) : body.slice(start);
}

/** What stands between the first fence and the line that closes it, or the end. Linear in the text, whatever it repeats. */
function insideFence(text: string): string | undefined {
  const opening = /```[a-zA-Z]*\s*\n/.exec(text);
  if (opening === null) return undefined;
  const inside = text.slice(opening.index + opening[0].length);
  const closing = /^[ \t]*```/m.exec(inside);
  return closing === null ? inside : inside.slice(0, closing.index);
}
