/** What ended the sentence before a token; 0: nothing did. */
export const noEnd = 0;
export const fullStop = 1;
export const questionMark = 2;
export const exclamation = 3;
/** A line, a cell, a tag, a field of JSON. */
export const edge = 4;

const abbreviation =
  /(?:^|[^a-z])(?:e\.g|i\.e|cf|vs|etc|approx|dr|mr|mrs|ms|prof|st|fig|eq|sec|vol|pp?|z\.b|bzw|ca|nr|[a-z])$/;

/** What sentence end the character is, if any. */
export function isSentenceEnd(text: string, at: number, lineStart: number): number {
  const sign = text.charAt(at);
  const next = text.charAt(at + 1);
  if (sign === '?' || sign === '؟') return questionMark;
  if (sign === '!') return exclamation;
  if (sign === '…' || sign === '।' || sign === '։') return fullStop;
  if (sign !== '.') return noEnd;
  if (next !== '' && !/[\s"')\]}<*_`]/.test(next) && next.charCodeAt(0) < 128) return noEnd;
  const before = text.slice(Math.max(lineStart, at - 8), at);
  return abbreviation.test(before) || /(?:^|\n)\s{0,3}\d{1,3}$/.test(before) ? noEnd : fullStop;
}

/**
 * Whether a line break ends a sentence: at an empty line, a list mark, a line
 * that was not full, or one that goes on with a capital. Lines of a paragraph
 * that was wrapped belong together.
 */
export function isNewSentence(
  text: string,
  original: string,
  from: Uint32Array,
  lineStart: number,
  at: number,
): boolean {
  if (at - lineStart < 50) return true;
  let next = at + 1;
  while (next < at + 12 && (text.charAt(next) === ' ' || text.charAt(next) === '\t' || text.charAt(next) === '\r'))
    next += 1;
  return !/[a-z]/.test(original.charAt(from[next] ?? original.length)) || next - at > 4;
}
