/**
 * Quoted passages of a text: between quotation marks of any style, and block
 * quotes (`> ...`). Straight quotes look the same at both ends, so where a
 * quotation holds quotes of its own its end is open to choice: the nearest end
 * that makes it verbatim is taken, or else the nearest.
 */
const pairs: { readonly [open: string]: string } = { '"': '"', '“': '”', '«': '»', '„': '“', '「': '」' };
/** A quotation that runs on for longer is taken for a stray mark. In UTF-16 units. */
const longest = 2000;
const mostEnds = 4;

/**
 * @param verbatim Tells whether a quotation is found in the sources.
 * @param most No more than this many are looked for.
 */
export function quotationsOf(text: string, verbatim: (quotation: string) => boolean, most: number): readonly string[] {
  const quotations: string[] = [];
  for (const paragraph of text.split(/\n\s*\n/)) {
    if (quotations.length >= most) break;
    const lines = paragraph.split('\n');
    const block = lines.filter((line) => /^\s*>/.test(line)).map((line) => line.replace(/^\s*>\s?/, ''));
    if (block.length > 0) quotations.push(withoutMarks(block.join(' ')));
    const prose = lines.filter((line) => !/^\s*>/.test(line)).join('\n');
    quotations.push(...inlineQuotations(prose, verbatim, most - quotations.length));
  }
  return quotations.slice(0, most);
}

function inlineQuotations(text: string, verbatim: (quotation: string) => boolean, most: number): readonly string[] {
  const found: string[] = [];
  /** Where each closing mark stands next, so that marks which are never closed cost one search together. */
  const next = new Map<string, number>();
  for (let at = 0; at < text.length && found.length < most; at += 1) {
    const open = text[at] ?? '';
    const close = pairs[open];
    if (close === undefined || (open === close && isInWord(text[at - 1]))) continue;
    if ((next.get(close) ?? 0) <= at) next.set(close, indexOrEnd(text, close, at + 1));
    if ((next.get(close) ?? 0) > at + longest) continue;
    const candidates = endsOf(text.slice(at + 1, at + longest), open, close);
    const taken = candidates.find(verbatim) ?? candidates[0];
    if (taken === undefined) continue;
    found.push(taken);
    at += taken.length + 1;
  }
  return found;
}

function indexOrEnd(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? Number.POSITIVE_INFINITY : found;
}

/** What may be quoted from the start of `rest` on: up to each of the next closing marks. */
function endsOf(rest: string, open: string, close: string): readonly string[] {
  const candidates: string[] = [];
  for (let end = rest.indexOf(close); end !== -1 && candidates.length < mostEnds; end = rest.indexOf(close, end + 1)) {
    if (open !== close || !isInWord(rest[end + 1])) candidates.push(rest.slice(0, end));
  }
  return candidates;
}

/** A straight quote between letters is an inch mark or a slip, not a quotation mark. */
function isInWord(neighbour: string | undefined): boolean {
  return neighbour !== undefined && /[\p{L}\p{N}]/u.test(neighbour);
}

/** A block quote is often put in quotation marks as well. */
function withoutMarks(text: string): string {
  return text.trim().replace(/^["“«](.*)["”»]$/s, '$1');
}
