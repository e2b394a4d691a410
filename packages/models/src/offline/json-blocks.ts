import type { Json } from '@telos/core';

/** A JSON object or array that stands in a text. */
export type JsonBlock = { readonly start: number; readonly end: number; readonly value: Json };

/** Beginnings that turn out to be no JSON cost a scan each; after this many the rest is taken for prose. */
const mostFailures = 64;

/** The JSON objects and arrays in a text, outermost only, in order. */
export function jsonBlocksOf(text: string): readonly JsonBlock[] {
  const blocks: JsonBlock[] = [];
  // What can follow a bracket that opens JSON.
  const opening = /[{]\s*["}]|[[]\s*[{["\]\d-]/g;
  let failures = 0;
  for (let found = opening.exec(text); found !== null && failures < mostFailures; found = opening.exec(text)) {
    const end = closingOf(text, found.index);
    const value = end === undefined ? undefined : parsed(text.slice(found.index, end));
    if (end === undefined || value === undefined) {
      failures += 1;
      opening.lastIndex = found.index + 1;
    } else {
      blocks.push({ start: found.index, end, value });
      opening.lastIndex = end;
    }
  }
  return blocks;
}

/** Where the bracket at `start` is closed, strings being skipped. */
function closingOf(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json; // JSON.parse gives nothing but JSON
  } catch {
    return undefined;
  }
}
