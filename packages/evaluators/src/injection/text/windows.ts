/** Windows over a row of tokens: each sentence, and sentences together with their neighbours. */
import { noEnd } from './sentence-ends.ts';
import type { Tokens } from './tokens.ts';

export type Window = {
  /** The first token, and the one after the last. */
  readonly from: number;
  readonly to: number;
};

export type WindowShape = {
  /** How many sentences a window holds: one window of each size begins at each sentence. */
  readonly sizes: readonly number[];
  /** In tokens: a window grows no further. */
  readonly longest: number;
};

/** In tokens: a sentence that is longer is taken in overlapping pieces. */
const longestSentence = 48;
const stride = 32;

export function windowsOf(tokens: Tokens, { sizes, longest }: WindowShape): readonly Window[] {
  const sentences = sentencesOf(tokens);
  const windows: Window[] = [];
  for (const [at, sentence] of sentences.entries()) {
    let last = -1;
    for (const size of sizes) {
      let to = sentence.to;
      for (let next = at + 1; next < Math.min(at + size, sentences.length); next += 1) {
        const end = sentences[next]?.to ?? to;
        if (end - sentence.from > longest) break;
        to = Math.max(to, end);
      }
      if (to !== last) windows.push({ from: sentence.from, to });
      last = to;
    }
  }
  return windows;
}

function sentencesOf({ breaks, count }: Tokens): readonly Window[] {
  const sentences: Window[] = [];
  let from = 0;
  for (let token = 1; token <= count; token += 1) {
    if (token < count && breaks[token] === noEnd) continue;
    for (let start = from; start < token; start += stride) {
      const to = token - start <= longestSentence ? token : start + longestSentence;
      sentences.push({ from: start, to });
      if (to === token) break;
    }
    from = token;
  }
  return sentences;
}
