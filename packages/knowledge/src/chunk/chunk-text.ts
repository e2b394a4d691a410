/**
 * Cuts a document into passages: along headings, then paragraphs, then sentences.
 *
 * A passage is one unbroken slice of the document, so its offsets say exactly
 * where it stands. It never crosses a heading, ends with a paragraph where it
 * can, and repeats the last sentence or two of the passage before it where a
 * paragraph had to be cut. A heading with nothing below it joins what follows.
 */
import { sectionsOf } from './sections.ts';
import type { Section, TextFormat } from './sections.ts';
import { sentenceSpans, trimSpan } from './sentences.ts';
import type { Span } from './sentences.ts';

export type Chunk = Span & { readonly headings: readonly string[] };

/** In UTF-16 units: the longest passage, and the most that two neighbours share. */
export type ChunkSizes = { readonly target: number; readonly overlap: number };

const defaultSizes: ChunkSizes = { target: 1200, overlap: 200 };

/** A sentence, or a line of a list, table or code: what a passage is made of. */
type Unit = Span & { readonly opensParagraph: boolean };

/** @returns Passages in order of their start; together they hold every word of the text. */
export function chunkText(text: string, format: TextFormat, sizes: ChunkSizes = defaultSizes): readonly Chunk[] {
  const chunks: Chunk[] = [];
  /** Of bare headings, which go with the section that follows them; grown in place, for there may be very many. */
  let units: Unit[] = [];
  const sections = sectionsOf(text, format);
  for (const [index, section] of sections.entries()) {
    for (const unit of unitsOf(text, section, format)) {
      for (const slice of slicesOf(text, unit, sizes.target)) units.push(slice);
    }
    const bare = section.lines.slice(section.headingLines).every((line) => line.text.trim() === '');
    if (bare && section.headingLines > 0 && index < sections.length - 1) continue;
    for (const span of packed(units, sizes)) chunks.push({ ...span, headings: section.headings });
    units = [];
  }
  return chunks;
}

const lineItem = /^\s*(?:[-*+|>]|\d{1,3}[.)])\s/;
const fenceMark = /^ {0,3}(?:`{3,}|~{3,})/;

function unitsOf(text: string, section: Section, format: TextFormat): readonly Unit[] {
  const units: Unit[] = [];
  let opensParagraph = true;
  let prose: Span | undefined;
  const add = (spans: readonly Span[]): void => {
    for (const span of spans) {
      units.push({ ...span, opensParagraph });
      opensParagraph = false;
    }
  };
  const endProse = (): void => {
    if (prose !== undefined) add(sentenceSpans(text, prose.start, prose.end));
    prose = undefined;
  };
  let fenced = false;
  for (const [index, line] of section.lines.entries()) {
    const fence = fenceMark.test(line.text);
    const blank = line.text.trim() === '';
    const alone =
      fence ||
      fenced ||
      format === 'records' ||
      format === 'code' ||
      index < section.headingLines ||
      lineItem.test(line.text);
    if (fence) fenced = !fenced;
    if (blank) {
      endProse();
      opensParagraph = true;
    } else if (alone) {
      endProse();
      const span = trimSpan(text, line);
      if (span !== undefined) add([span]);
    } else {
      prose = { start: prose?.start ?? line.start, end: line.end };
    }
  }
  endProse();
  return units;
}

/** Cuts a unit that is longer than a whole passage: at a blank where there is one, never inside a surrogate pair. */
function slicesOf(text: string, unit: Unit, target: number): readonly Unit[] {
  const slices: Unit[] = [];
  let { start, opensParagraph } = unit;
  while (unit.end - start > target) {
    let end = start + target;
    const blank = text.slice(start, end).lastIndexOf(' ');
    if (blank > target / 2) end = start + blank;
    else if (isLowSurrogate(text.charCodeAt(end))) end -= 1;
    const slice = trimSpan(text, { start, end });
    if (slice !== undefined) slices.push({ ...slice, opensParagraph });
    opensParagraph = false;
    start = end;
  }
  const rest = trimSpan(text, { start, end: unit.end });
  if (rest !== undefined) slices.push({ ...rest, opensParagraph });
  return slices;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function packed(units: readonly Unit[], sizes: ChunkSizes): readonly Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (let first = units[from]; first !== undefined; first = units[from]) {
    let to = from + 1;
    let paragraph: number | undefined;
    for (let unit = units[to]; unit !== undefined && unit.end - first.start <= sizes.target; unit = units[to]) {
      if (unit.opensParagraph && unit.start - first.start >= sizes.target / 2) paragraph = to;
      to += 1;
    }
    if (to < units.length && paragraph !== undefined && units[to]?.opensParagraph !== true) to = paragraph;
    spans.push({ start: first.start, end: units[to - 1]?.end ?? first.end });
    from = overlapped(units, from, to, sizes);
  }
  return spans;
}

/** Where the next passage begins: at `to`, or a little before it when a paragraph is cut there. Always after `from`. */
function overlapped(units: readonly Unit[], from: number, to: number, sizes: ChunkSizes): number {
  const next = units[to];
  if (next === undefined || next.opensParagraph) return to;
  let begin = to;
  for (let unit = units[begin - 1]; unit !== undefined && begin - 1 > from; unit = units[begin - 1]) {
    if (next.start - unit.start > sizes.overlap || next.end - unit.start > sizes.target) break;
    begin -= 1;
  }
  return begin;
}
