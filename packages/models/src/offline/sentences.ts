/**
 * Sentences of a text, each a verbatim piece of it.
 *
 * Lines that are units of their own (headings, list items, table rows) are never
 * joined with their neighbours; lines that merely wrap are. Headings are not
 * sentences: they are the heading of what follows.
 */
export type Sentence = {
  /** Stands in the text exactly so, line breaks included. */
  readonly text: string;
  /** The heading it stands under; '' when there is none. */
  readonly heading: string;
};

/** Longer pieces are no sentences a person would quote: minified code, base64, tables without ends. */
const longest = 800;

/** Made when it is first asked for: loading the rules of a language takes 6 ms, and most processes cut no text. */
let segmenter: Intl.Segmenter | undefined;

export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let heading = '';
  for (const block of blocksOf(text)) {
    const title = /^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$/.exec(block)?.[1];
    if (title !== undefined) {
      heading = title;
      continue;
    }
    for (const piece of piecesOf(block.replace(/^\s*(?:[-*+•>]|\d{1,3}[.)])\s+/, ''))) {
      if (piece.length <= longest && /\p{L}/u.test(piece)) sentences.push({ text: piece, heading });
    }
  }
  return sentences;
}

/** Paragraphs, headings, list items and table rows, in order. */
function blocksOf(text: string): readonly string[] {
  const blocks: string[] = [];
  let start = 0;
  let end = 0;
  const close = (): void => {
    if (text.slice(start, end).trim() !== '') blocks.push(text.slice(start, end));
    start = end;
  };
  for (const line of text.split('\n')) {
    const alone = /^\s{0,3}#{1,6}\s/.test(line) || /^\s*\|/.test(line) || /^\s*(```|---+\s*$)/.test(line);
    if (line.trim() === '' || alone || /^\s*(?:[-*+•>]|\d{1,3}[.)])\s+/.test(line)) close();
    end = Math.min(text.length, end + line.length + 1);
    if (alone || line.trim() === '') {
      if (/^\s*(```|---+\s*$)/.test(line)) start = end;
      else close();
    }
  }
  close();
  return blocks;
}

/** Sentences of one block. The segmenter ends a sentence at a line break; those that merely wrap are joined again. */
function piecesOf(block: string): readonly string[] {
  // One character for one: positions in the flat text are positions in the block.
  const flat = block.replaceAll(/[\n\r]/g, ' ');
  const pieces: string[] = [];
  let start = 0;
  for (const { segment, index } of (segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' })).segment(
    flat,
  )) {
    const end = index + segment.length;
    if (/\b(?:e\.g|i\.e|cf|vs|approx|Dr|Mr|Mrs|Ms|No|St)\.\s*$/.test(segment) && end < flat.length) continue;
    const piece = withoutMarks(block.slice(start, end));
    if (piece !== '') pieces.push(piece);
    start = end;
  }
  const rest = withoutMarks(block.slice(start));
  if (rest !== '') pieces.push(rest);
  return pieces;
}

/** Without the space around it and emphasis that a sentence before it left open: `**Fast.** It is` gives `It is`. */
function withoutMarks(piece: string): string {
  return piece.trim().replace(/^(?:\*\*|__|\*|_)\s+/, '');
}
