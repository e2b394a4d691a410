/**
 * Strings that a search for what breaks a model leaves behind: words run
 * together with brackets that close nothing, as no language and no code has them.
 */
import type { Folded } from './fold.ts';
import type { Layout } from './layout.ts';

export type Stretch = { readonly start: number; readonly end: number };

/** In pieces between blanks: strange ones tell something when they stand so near to one another. */
const nearBy = 14;
/** How strange they must be together. */
const enough = 2;
const longestPiece = 200;
const longestLine = 2000;
/** Code amid prose is meant to look like code. */
const codeSpan = /`[^`\n]{1,80}`/g;

/** Stretches in lines of prose, in the order of the text; offsets are of the folded text. */
export function gibberishIn({ text, original, from }: Folded, { lineStarts, lineKinds }: Layout): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const [number, start] of lineStarts.entries()) {
    if (lineKinds[number] !== 'prose') continue;
    const end = lineStarts[number + 1] ?? text.length;
    for (let at = start; at < end; at += longestLine) {
      const to = Math.min(end, at + longestLine);
      const written = (piece: Stretch): string =>
        original.slice(from[at + piece.start] ?? 0, from[at + piece.end] ?? original.length);
      const line = text.slice(at, to).replaceAll(codeSpan, (code) => 'x'.repeat(code.length));
      const stretch = strangeStretch(line, written);
      if (stretch !== undefined) found.push({ start: at + stretch.start, end: at + stretch.end });
    }
  }
  return found;
}

function strangeStretch(line: string, written: (piece: Stretch) => string): Stretch | undefined {
  if (mismatched(line) === 0 && !/(?:! ){5}/.test(line)) return undefined;
  const strange: (Stretch & { readonly at: number; readonly worth: number })[] = [];
  let at = 0;
  for (const match of line.matchAll(/\S+/g)) {
    const piece = { start: match.index, end: match.index + match[0].length };
    const worth = strangeness(match[0].slice(0, longestPiece), () => written(piece).slice(0, longestPiece));
    if (worth > 0) strange.push({ ...piece, at, worth });
    at += 1;
  }
  let sum = 0;
  let first = 0;
  for (const [index, last] of strange.entries()) {
    sum += last.worth;
    for (let oldest = strange[first]; oldest !== undefined && last.at - oldest.at > nearBy; oldest = strange[first]) {
      sum -= oldest.worth;
      first += 1;
    }
    const opening = strange[first];
    if (sum >= enough && index > first && opening !== undefined) return { start: opening.start, end: last.end };
  }
  return undefined;
}

const closing: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' };

/** Brackets that have no other half. */
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

/** 1: like nothing that is written. Less: like a name in a program, which is strange amid prose. */
function strangeness(piece: string, written: () => string): number {
  if (piece === '!') return 1;
  if (/^(?:https?:|www\.)/.test(piece)) return 0;
  const signs = new Set(piece.replace(/[\p{L}\p{N}.,;:!?'"-]/gu, ''));
  const hasLetters = /\p{L}/u.test(piece);
  const loose = mismatched(piece);
  const isAside = /^[([]["'\p{L}\p{N}.-]+$|^["'\p{L}\p{N}.-]+[)\]][.,;:!?]?$/u.test(piece);
  if (hasLetters && loose > 0 && !isAside) return 1;
  if (signs.size >= 3 || (signs.size >= 2 && loose > 0)) return 1;
  if (/\\[a-z]/.test(piece) || (hasLetters && /\p{L}["}\])]+[.,]?["{[(]*\p{L}/u.test(piece))) return 0.7;
  return hasLetters && /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}{2}/u.test(written()) ? 0.6 : 0;
}
