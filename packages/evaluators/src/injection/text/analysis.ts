/** A text taken apart for the model: itself, and every text that is hidden in it. */
import { markId } from '../lexicon/lexicon.ts';
import { innerTexts } from './decode.ts';
import type { InnerText } from './decode.ts';
import { fold } from './fold.ts';
import type { Folded } from './fold.ts';
import { gibberishIn } from './gibberish.ts';
import { layoutKinds, layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { occurrencesIn } from './occurrences.ts';
import type { Occurrence } from './occurrences.ts';
import { tokensOf } from './tokens.ts';
import type { Tokens } from './tokens.ts';

export type Part = {
  readonly tokens: Tokens;
  readonly occurrences: readonly Occurrence[];
  readonly layout: Layout;
  /** Absent: the part is the text itself. */
  readonly inner?: InnerText;
};

/** A code may hide a code; deeper than this nobody reads. */
const deepest = 2;

export function* partsOf(text: string): Generator<Part> {
  yield* foldedParts(fold(text), undefined, 0);
}

function* foldedParts(folded: Folded, inner: InnerText | undefined, depth: number): Generator<Part> {
  const layout = layoutOf(folded.text);
  const tokens = tokensOf(folded);
  if (tokens.count > 0) {
    const occurrences = occurrencesIn(tokens);
    const added = inner === undefined ? gibberishMarks(tokens, layout) : [markOf(inner)];
    yield {
      tokens,
      occurrences: added.length === 0 ? occurrences : [...occurrences, ...added].toSorted((a, b) => a.token - b.token),
      layout,
      ...(inner === undefined ? {} : { inner }),
    };
  }
  if (depth >= deepest) return;
  for (const next of innerTexts(folded)) {
    // What is hidden inside a hidden text is pointed at where that text stands.
    const place = inner === undefined ? next : { ...next, start: inner.start, end: inner.end };
    yield* foldedParts(fold(next.text), place, depth + 1);
  }
}

const innerMarks = {
  hidden: markId('hidden_text'),
  decoded: markId('decoded'),
  rewritten: markId('unscrambled'),
} as const;

function markOf({ kind }: InnerText): Occurrence {
  return { concept: innerMarks[kind], token: 0, end: 0, quoted: false };
}

const gibberish = markId('gibberish');

function gibberishMarks({ folded, starts }: Tokens, layout: Layout): readonly Occurrence[] {
  let token = 0;
  return gibberishIn(folded, layout).map((place) => {
    while (token < starts.length - 1 && (starts[token] ?? 0) < place.start) token += 1;
    return { concept: gibberish, token, end: token, quoted: false, place };
  });
}

/** The kind of the document and of the line a token stands in, as one number above 0. */
export function surroundingsAt({ layout }: Part, offset: number): number {
  const { lineStarts, lineKinds } = layout;
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const line = lineKinds[low] ?? 'prose';
  return 1 + layoutKinds.indexOf(layout.kind) * layoutKinds.length + layoutKinds.indexOf(line);
}
