/**
 * A folded text as a row of words and marks, with the ends of its sentences.
 *
 * Marks are what the form of a text gives away before its words are read: tags
 * of chat formats, comments, addresses, style that hides. One pass over the
 * text; every look ahead is bounded.
 */
import { markId } from '../lexicon/lexicon.ts';
import type { Mark } from '../lexicon/marks.ts';
import { kindOf, other, wholeWord } from './characters.ts';
import { findMark } from './find-mark.ts';
import type { Folded } from './fold.ts';
import { pieces, wordEnd } from './plain-words.ts';
import { edge, isNewSentence, isSentenceEnd, noEnd } from './sentence-ends.ts';
import { wordOf } from './vocabulary.ts';
import type { Word } from './vocabulary.ts';

export type Tokens = {
  readonly folded: Folded;
  readonly count: number;
  readonly words: readonly Word[];
  /** Offsets in the folded text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** What ended the sentence before each token; one more than there are tokens, for the end of the text. */
  readonly breaks: readonly number[];
  /** Marks, in order: what, and before which token. */
  readonly marks: readonly {
    readonly mark: number;
    readonly token: number;
    readonly start: number;
    readonly end: number;
  }[];
};

export function tokensOf(folded: Folded): Tokens {
  const { text, original, from, broken } = folded;
  const words: Word[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const breaks: number[] = [];
  const marks: { mark: number; token: number; start: number; end: number }[] = [];
  let pending = edge;
  let nextBroken = 0;
  let lineStart = 0;
  let shouted = 0;
  let openTag = false;

  const mark = (name: Mark, start: number, end: number): void => {
    marks.push({ mark: markId(name), token: words.length, start, end });
  };
  const word = (start: number, end: number): void => {
    const found = wordOf(text.slice(start, end));
    if (found.disguise !== undefined) mark(found.disguise, start, end);
    while ((broken[nextBroken] ?? Infinity) <= start) nextBroken += 1;
    if ((broken[nextBroken] ?? Infinity) < end) mark('invisible', start, end);
    shouted = isShouted(original, from, start, end) ? shouted + 1 : 0;
    if (shouted >= 2) mark('shouted', start, end);
    words.push(found);
    starts.push(start);
    ends.push(end);
    breaks.push(pending);
    pending = noEnd;
  };

  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const kind = kindOf(code);
    const width = code > 0xffff ? 2 : 1;
    if (kind === wholeWord) {
      word(at, at + width);
      at += width;
      continue;
    }
    const found = findMark(text, original, from, at);
    if (found !== undefined) {
      if (found.breaks) pending = edge;
      mark(found.mark, at, at + found.length);
      if (found.opens) pending = edge;
      if (found.mark === 'html_tag' || found.mark === 'hidden_style')
        openTag = found.breaks && found.skip < found.length;
      at += found.skip;
      if (found.skip > 0) continue;
    }
    if (kind === other) {
      if (code === 0x0a) {
        if (isNewSentence(text, original, from, lineStart, at)) pending = edge;
        lineStart = at + 1;
      } else if (code === 0x09 || code === 0x7c) {
        pending = edge;
      } else if (code === 0x3e) {
        if (openTag) pending = edge;
        openTag = false;
      } else {
        const end = isSentenceEnd(text, at, lineStart);
        if (end !== noEnd && pending !== edge) pending = end;
        if (end === noEnd && code === 0x22 && isFieldEdge(text, at)) pending = edge;
        if (code === 0x22) mark('quotation', at, at + 1);
      }
      at += width;
      continue;
    }
    const end = wordEnd(text, at);
    const parts = pieces(text, at, end);
    if (parts.length > 1 && text.slice(at, end).includes('_')) {
      mark(text.charAt(end) === '(' ? 'call_form' : 'identifier', at, end);
    }
    for (const [start, stop] of parts) {
      const dotted = start === at && text.charAt(at - 1) === '.' && (at === 1 || /[\s/"'`(]/.test(text.charAt(at - 2)));
      word(dotted ? start - 1 : start, stop);
    }
    at = end;
  }
  breaks.push(pending === noEnd ? edge : pending);
  return { folded, count: words.length, words, starts, ends, breaks, marks };
}

/** A word of capitals, long enough not to be an abbreviation. */
function isShouted(original: string, from: Uint32Array, start: number, end: number): boolean {
  if (end - start < 4) return false;
  for (let at = start; at < end; at += 1) {
    const code = original.charCodeAt(from[at] ?? 0);
    if (code < 0x41 || code > 0x5a) return false;
  }
  return true;
}

/** A quotation mark beside a bracket, a comma or a colon bounds a field of JSON. */
function isFieldEdge(text: string, at: number): boolean {
  return /[{[,:]/.test(text.charAt(at - 1)) || /[}\],:]/.test(text.charAt(at + 1));
}
