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

/** Gives undefined when there is no JSON to be had. Prose alone is never turned into a JSON string. */
export async function parseLenientJson(text: string): Promise<LenientJson | undefined> {
  const whole = parsed(text);
  if (whole !== undefined) return { value: whole.value, repaired: false };
  const bare = withoutProse(text);
  if (bare === undefined) return undefined;
  const cut = parsed(bare);
  if (cut !== undefined) return { value: cut.value, repaired: true };
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
  const fence = /```[a-zA-Z]*\s*\n([\s\S]*?)(?:\n\s*```|$)/.exec(answer)?.[1];
  const body = fence !== undefined && /[{[]/.test(fence) ? fence : answer;
  const start = body.search(/[{[]/);
  if (start < 0) return undefined;
  const end = body.lastIndexOf(body[start] === '{' ? '}' : ']');
  return end > start ? body.slice(start, end + 1) : body.slice(start);
}
