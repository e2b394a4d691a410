/** Texts whose letters were moved, exchanged or set apart; kept when they read better so than as they stand. */
import type { Decoded } from './codes.ts';
import { isTelling } from './vocabulary.ts';

/** Words that every English text has. */
const common = new Set(
  `the and of to a in is you your that it for on are as with his they be at this have from or had by not but what all were we when
   can there an how then do my me now if out so up about into its no just him her like our them these some would make only
   ignore rules instructions previous reveal print show tell system prompt password secret everything without forget`.split(
    /\s+/,
  ),
);

/** In UTF-16 units: a longer sentence is looked at in pieces. */
const longest = 2000;

function* sentences(text: string): Generator<{ readonly text: string; readonly start: number }> {
  for (let start = 0; start < text.length;) {
    const limit = Math.min(text.length, start + longest);
    let end = start;
    while (end < limit && !/[.!?:;\n"]/.test(text.charAt(end))) end += 1;
    if (end - start >= 12) yield { text: text.slice(start, end), start };
    start = end + 1;
  }
}

function commonWords(text: string): number {
  let count = 0;
  for (const word of text.split(/[^a-z]+/)) if (common.has(word)) count += 1;
  return count;
}

/** The sentences that hold few common words as they stand and, changed, many. */
function* better(text: string, form: string, change: (sentence: string) => string): Generator<Decoded> {
  for (const sentence of sentences(text)) {
    const words = sentence.text.split(/\s+/).length;
    const before = commonWords(sentence.text);
    if (words < 3 || before > words * 0.2) continue;
    const changed = change(sentence.text);
    const after = commonWords(changed);
    if (after < 2 || after <= before * 2 || after < words * 0.25) continue;
    yield { form, text: changed, start: sentence.start, end: sentence.start + sentence.text.length };
  }
}

export function rotated(text: string): Generator<Decoded> {
  const rotate = (letter: string): string => String.fromCharCode(((letter.charCodeAt(0) - 0x61 + 13) % 26) + 0x61);
  return better(text, 'rot13', (sentence) => sentence.replace(/[a-z]/g, rotate));
}

/** A text written backwards has its full stop in front, so sentences are sentences still. */
export function readBackwards(text: string): Generator<Decoded> {
  return better(text, 'backwards', (sentence) => Array.from(sentence).toReversed().join(''));
}

/** `i g n o r e`, `i.g.n.o.r.e`, `i-g-n-o-r-e`: wider gaps part the words, or else the lexicon does. */
export function* setApart(text: string): Generator<Decoded> {
  const apart = /(?<![a-z0-9])(?:[a-z0-9][ ._*|-]{1,3}){5,400}[a-z0-9](?![a-z0-9])/g;
  for (const match of text.matchAll(apart)) {
    const [written] = match;
    const gap = written.charAt(1);
    const wide = written.split(
      new RegExp(`[${gap === ' ' ? ' ' : ` \\${gap}`}]{2,3}|${gap === ' ' ? '[._*|-]' : ' '}`),
    );
    const words = wide.map((word) => word.replaceAll(/[ ._*|-]/g, ''));
    const changed = words.flatMap((word) => (word.length > 12 ? parted(word) : [word])).join(' ');
    if (/[a-z]{3}/.test(changed))
      yield { form: 'set apart', text: changed, start: match.index, end: match.index + written.length };
  }
}

/** Cuts a run of letters at words that are known, the longest first. */
function parted(letters: string): readonly string[] {
  const words: string[] = [];
  let rest = '';
  for (let at = 0; at < letters.length;) {
    let length = Math.min(14, letters.length - at);
    while (length >= 3 && !(common.has(letters.slice(at, at + length)) || isTelling(letters.slice(at, at + length))))
      length -= 1;
    if (length < 3) {
      rest += letters.charAt(at);
      at += 1;
      continue;
    }
    if (rest !== '') words.push(rest);
    rest = '';
    words.push(letters.slice(at, at + length));
    at += length;
  }
  if (rest !== '') words.push(rest);
  return words;
}

/** Short strings in quotation marks, where the text says that they are to be put together. */
export function* joinedStrings(text: string): Generator<Decoded> {
  if (!/[a-z\d"']\s?\+\s?[a-z"']|\b(?:concat|join|combine)/.test(text)) return;
  const parts = [...text.matchAll(/"([^"\n]{1,80})"/g)].slice(0, 40);
  if (parts.length < 2) return;
  const joined = parts.map((part) => part[1] ?? '').join('');
  const start = parts[0]?.index ?? 0;
  const last = parts.at(-1);
  yield { form: 'joined strings', text: joined, start, end: (last?.index ?? 0) + (last?.[0].length ?? 0) };
}
