/** Sentences, words and characters as people count them, in any script. Linear in the text. */
const segmenters = new Map<string, Intl.Segmenter>();

/** Made when it is first asked for: loading the rules of a language takes 6 ms, and most processes count nothing. */
function segmenterOf(granularity: 'sentence' | 'word' | 'grapheme'): Intl.Segmenter {
  const made = segmenters.get(granularity) ?? new Intl.Segmenter('en', { granularity });
  segmenters.set(granularity, made);
  return made;
}

const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|approx|dr|mr|mrs|ms|prof|st|no|fig|eq|sec|vol|pp?|[A-Z])\.\s*$/u;

/** In UTF-16 units. What has no end of sentence for longer is taken in pieces, so that no step is quadratic in it. */
const longestSentence = 1000;

/** Sentences without the blanks around them and list marks; those without a letter or digit are left out. Found as they are asked for. */
export function* sentencesOf(text: string): Generator<string> {
  for (const whole of wholeSentences(text)) {
    for (const piece of inPieces(whole)) {
      const sentence = piece.trim().replace(/^(?:[-*+•>|]|#{1,6}|\d{1,3}[.)])\s+/, '');
      if (/[\p{L}\p{N}]/u.test(sentence)) yield sentence;
    }
  }
}

function* wholeSentences(text: string): Generator<string> {
  for (const paragraph of text.split(/\n\s*\n|\n(?=\s*(?:[-*+•>#|]|\d{1,3}[.)])\s)/)) {
    const prose = paragraph.replace(/\s/g, ' ');
    let open = '';
    for (const { segment } of segmenterOf('sentence').segment(prose)) {
      open += segment;
      if (abbreviation.test(segment.slice(-10))) continue;
      yield open;
      open = '';
    }
    if (open !== '') yield open;
  }
}

export function countSentences(text: string): number {
  let count = 0;
  for (const _ of sentencesOf(text)) count += 1;
  return count;
}

export function countWords(text: string): number {
  let count = 0;
  for (const { isWordLike } of segmenterOf('word').segment(text)) if (isWordLike === true) count += 1;
  return count;
}

/** What a reader takes for one character, however many code points it has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of segmenterOf('grapheme').segment(text)) count += 1;
  return count;
}

function inPieces(sentence: string): readonly string[] {
  if (sentence.length <= longestSentence) return [sentence];
  const pieces: string[] = [];
  for (let start = 0; start < sentence.length;) {
    const end = start + longestSentence;
    const blank = end < sentence.length ? sentence.slice(start, end).lastIndexOf(' ') : -1;
    const next = blank > 0 ? start + blank : end;
    pieces.push(sentence.slice(start, next));
    start = next;
  }
  return pieces;
}
