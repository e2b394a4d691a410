import { kindOf, wholeWord, wordCharacter } from './characters.ts';

/** The words of a short folded text, as the tokenizer cuts them, without marks. */
export function plainWords(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const kind = kindOf(code);
    const width = code > 0xffff ? 2 : 1;
    if (kind === wholeWord) found.push(text.slice(at, at + width));
    if (kind !== wordCharacter) {
      at += width;
      continue;
    }
    const end = wordEnd(text, at);
    const dotted = text.charAt(at - 1) === '.' && (at === 1 || text.charAt(at - 2) === ' ');
    for (const [start, stop] of pieces(text, at, end)) {
      found.push((dotted && start === at ? '.' : '') + text.slice(start, stop));
    }
    at = end;
  }
  return found;
}

/** Where the word that begins at `at` ends: letters and digits, with an apostrophe or a sign for a letter between two of them. */
export function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    if (kindOf(code) === wordCharacter) end += width;
    else if (end > at && joins(code) && kindOf(text.codePointAt(end + 1) ?? 0) === wordCharacter) end += 1;
    else break;
  }
  return end;
}

/** ' @ $ ! between letters. */
function joins(code: number): boolean {
  return code === 0x27 || code === 0x40 || code === 0x24 || code === 0x21;
}

/** `send_mail` is two words; so is `l'utilisateur`. */
export function pieces(text: string, start: number, end: number): readonly (readonly [number, number])[] {
  const word = text.slice(start, end);
  if (!word.includes('_') && !word.includes("'")) return [[start, end]];
  const found: (readonly [number, number])[] = [];
  let open = start;
  for (let at = start; at <= end; at += 1) {
    const sign = text.charAt(at);
    const cuts = at === end || sign === '_' || (sign === "'" && at - open <= 5 && elided.has(text.slice(open, at)));
    if (!cuts) continue;
    if (at > open) found.push([open, at]);
    open = at + 1;
  }
  return found;
}

const elided = new Set([
  'l',
  'd',
  'n',
  's',
  'j',
  'm',
  't',
  'c',
  'qu',
  'un',
  'dell',
  'all',
  'nell',
  'sull',
  'dall',
  'quell',
]);
