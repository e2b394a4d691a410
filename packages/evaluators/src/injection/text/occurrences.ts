/** Where the concepts of the lexicon occur in a row of tokens, marks included. In the order of the text. */
import { markId } from '../lexicon/lexicon.ts';
import { edge, noEnd } from './sentence-ends.ts';
import type { Tokens } from './tokens.ts';
import { pieceMatches } from './vocabulary.ts';
import type { Phrase } from './vocabulary.ts';

export type Occurrence = {
  readonly concept: number;
  /** The first token, and the one after the last. A mark stands before its token and has none. */
  readonly token: number;
  readonly end: number;
  /** Between quotation marks: said of something, perhaps, rather than said. */
  readonly quoted: boolean;
  /** Of a mark: where it stands in the folded text. */
  readonly place?: { readonly start: number; readonly end: number };
};

const quotation = markId('quotation');

export function occurrencesIn(tokens: Tokens): readonly Occurrence[] {
  const found: Occurrence[] = [];
  let nextMark = 0;
  let quoted = false;
  const whole = isWhollyQuoted(tokens);
  for (let token = 0; token <= tokens.count; token += 1) {
    if (tokens.breaks[token] === edge) quoted = false;
    for (let mark = tokens.marks[nextMark]; mark !== undefined && mark.token <= token; mark = tokens.marks[nextMark]) {
      if (mark.mark === quotation && !(whole && (mark.token === 0 || mark.token === tokens.count))) quoted = !quoted;
      found.push({ concept: mark.mark, token: Math.min(token, tokens.count - 1), end: token, quoted, place: mark });
      nextMark += 1;
    }
    for (const phrase of tokens.words[token]?.phrases ?? []) {
      const end = endOf(phrase, tokens, token + 1);
      if (end !== undefined) found.push({ concept: phrase.concept, token, end, quoted });
    }
  }
  return found;
}

/** Quotation marks around all of a text quote nothing: nobody says anything beside them. */
function isWhollyQuoted({ marks, count }: Tokens): boolean {
  const signs = marks.filter(({ mark }) => mark === quotation);
  return signs.length === 2 && signs[0]?.token === 0 && signs[1]?.token === count;
}

/** Where the phrase ends when the tokens from `at` on are the rest of it. A phrase does not cross the end of a sentence. */
function endOf({ rest }: Phrase, tokens: Tokens, at: number): number | undefined {
  let next = at;
  for (let index = 0; index < rest.length; index += 1) {
    const piece = rest[index];
    if (piece === undefined) {
      const after = rest[index + 1];
      if (after === undefined) return undefined;
      let gap = 0;
      while (gap <= 2 && !matchesAt(tokens, next + gap, after)) gap += 1;
      if (gap > 2) return undefined;
      next += gap;
      continue;
    }
    if (!matchesAt(tokens, next, piece)) return undefined;
    next += 1;
  }
  return next;
}

function matchesAt(tokens: Tokens, at: number, piece: NonNullable<Phrase['rest'][number]>): boolean {
  const word = tokens.words[at];
  const end = tokens.breaks[at] ?? edge;
  return word !== undefined && end === noEnd && pieceMatches(piece, word);
}
