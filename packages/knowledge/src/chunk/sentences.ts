/** A slice of a text: from `start` to `end` (exclusive), in UTF-16 units. */
export type Span = { readonly start: number; readonly end: number };

/** Made when it is first asked for: loading the rules of a language takes 6 ms, and most processes cut no text. */
let segmenter: Intl.Segmenter | undefined;
const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|approx|dr|mr|mrs|ms|prof|st|no|fig|eq|sec|vol|pp?)\.\s*$/iu;

/**
 * Finds the sentences of `text.slice(start, end)`, without the blanks around them.
 * A single line break does not end a sentence: prose is often wrapped.
 * Ends of common abbreviations ("e.g.", "Fig.") do not count either.
 */
export function sentenceSpans(text: string, start: number, end: number): readonly Span[] {
  const prose = text.slice(start, end).replace(/[\r\n]/g, ' ');
  const spans: Span[] = [];
  let from = 0;
  for (const { segment, index } of (segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' })).segment(
    prose,
  )) {
    const to = index + segment.length;
    if (abbreviation.test(segment.slice(-12)) && to < prose.length) continue;
    const span = trimSpan(text, { start: start + from, end: start + to });
    if (span !== undefined) spans.push(span);
    from = to;
  }
  return spans;
}

/** The span without blanks at its ends, or undefined when nothing else is in it. */
export function trimSpan(text: string, span: Span): Span | undefined {
  let { start, end } = span;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start < end ? { start, end } : undefined;
}

/** Space, tab, line ends, no-break space, byte order mark. */
function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0xfeff || unit === 0x3000;
}
