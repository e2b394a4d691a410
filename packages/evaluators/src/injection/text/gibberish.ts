/**
 * Strings that a search for what breaks a model leaves behind: words run
 * together with brackets that close nothing, as no language and no code has them.
 */
import type { Layout } from './layout.ts';

export type Stretch = { readonly start: number; readonly end: number };

const nearBy = 12;
const mostChunk = 200;

/** Stretches in lines of prose, in the order of the text. */
export function gibberishIn(text: string, { lineStarts, lineKinds }: Layout): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const [line, start] of lineStarts.entries()) {
    if (lineKinds[line] !== 'prose') continue;
    const end = lineStarts[line + 1] ?? text.length;
    for (let from = start; from < end; from += 2000) {
      const stretch = strangeStretch(text.slice(from, Math.min(end, from + 2000)));
      if (stretch !== undefined) found.push({ start: from + stretch.start, end: from + stretch.end });
    }
  }
  return found;
}

function strangeStretch(line: string): Stretch | undefined {
  if (mismatched(line) < 2 && !/(?:! ){5}/.test(line)) return undefined;
  const strange: { start: number; end: number; chunk: number }[] = [];
  let chunk = 0;
  for (const match of line.matchAll(/\S+/g)) {
    if (isStrange(match[0].slice(0, mostChunk))) strange.push({ start: match.index, end: match.index + match[0].length, chunk });
    chunk += 1;
  }
  for (const [at, first] of strange.entries()) {
    const last = strange[at + 2];
    if (last !== undefined && last.chunk - first.chunk <= nearBy) return { start: first.start, end: last.end };
  }
  return undefined;
}

const closing: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' };

/** Brackets that have no other half, up to a few more than are asked for. */
function mismatched(line: string): number {
  const open: string[] = [];
  let count = 0;
  for (const sign of line) {
    if (closing[sign] !== undefined) open.push(sign);
    else if (sign === ')' || sign === ']' || sign === '}') {
      const last = open.at(-1);
      if (last !== undefined && closing[last] === sign) open.pop();
      else count += 1;
    }
  }
  return count + open.length;
}

function isStrange(chunk: string): boolean {
  if (chunk === '!') return true;
  if (/^(?:https?:|www\.)/.test(chunk)) return false;
  const signs = new Set(chunk.replace(/[\p{L}\p{N}.,;:!?'"-]/gu, ''));
  const hasLetters = /\p{L}/u.test(chunk);
  if (hasLetters && mismatched(chunk) > 0 && !/^[([][\p{L}\p{N}'-]+$|^[\p{L}\p{N}'-]+[)\]][.,;:]?$/u.test(chunk)) return true;
  return signs.size >= 3 || (signs.size >= 2 && mismatched(chunk) > 0);
}
