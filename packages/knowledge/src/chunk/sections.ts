import { linesOf } from './lines.ts';
import type { Line } from './lines.ts';

/** How a text shows its structure. `records` (CSV, JSON) and `code` are made of lines, the others of prose. */
export type TextFormat = 'markdown' | 'plain' | 'records' | 'code';

/** A stretch of lines under one heading. The heading's own lines come first in `lines`. */
export type Section = {
  /** Headings that lead here, outermost first, this section's own included. */
  readonly headings: readonly string[];
  readonly lines: readonly Line[];
  /** How many of `lines` are the heading. */
  readonly headingLines: number;
};

type Heading = { readonly level: number; readonly title: string; readonly lines: number };

/** Cuts a text at its headings. Text before the first heading is a section without headings. */
export function sectionsOf(text: string, format: TextFormat): readonly Section[] {
  const lines = linesOf(text);
  if (format === 'records' || format === 'code') return [{ headings: [], lines, headingLines: 0 }];
  const headingAt = format === 'markdown' ? markdownHeadings(lines) : underlinedHeadings(lines);

  const sections: Section[] = [];
  const stack: Heading[] = [];
  let open: { headings: string[]; lines: Line[]; headingLines: number } = { headings: [], lines: [], headingLines: 0 };
  for (let index = 0; index < lines.length;) {
    const heading = headingAt(index);
    if (heading !== undefined) {
      if (open.lines.length > 0) sections.push(open);
      while ((stack.at(-1)?.level ?? 0) >= heading.level) stack.pop();
      stack.push(heading);
      open = { headings: stack.map(({ title }) => title), lines: [], headingLines: heading.lines };
    }
    const taken = heading?.lines ?? 1;
    open.lines.push(...lines.slice(index, index + taken));
    index += taken;
  }
  sections.push(open);
  return sections;
}

/** ATX (`## Title`) and setext (`Title` over `===` or `---`) headings, none of them inside code fences or front matter. */
function markdownHeadings(lines: readonly Line[]): (index: number) => Heading | undefined {
  let fence: string | undefined;
  let frontMatter = lines[0]?.text === '---' && lines.some(({ text }, index) => index > 0 && text === '---');
  return (index) => {
    const line = lines[index]?.text ?? '';
    if (frontMatter) {
      if (index > 0 && line === '---') frontMatter = false;
      return undefined;
    }
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
      return undefined;
    }
    if (mark !== undefined) {
      fence = mark;
      return undefined;
    }
    const atx = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line);
    if (atx?.[1] !== undefined && atx[2] !== undefined) {
      const title = atx[2].trim().replace(/ #+$/, '');
      return title === '' ? undefined : { level: atx[1].length, title, lines: 1 };
    }
    return underlined(lines, index, { '=': 1, '-': 2 });
  };
}

/** reStructuredText and plain text: a line underlined with punctuation; levels follow the order in which marks appear. */
function underlinedHeadings(lines: readonly Line[]): (index: number) => Heading | undefined {
  const levels: { [mark: string]: number } = {};
  return (index) => {
    const mark = lines[index + 1]?.text[0] ?? '';
    if ('=-~^"\'#*+'.includes(mark) && mark !== '' && levels[mark] === undefined) {
      const found = underlined(lines, index, { [mark]: Object.keys(levels).length + 1 });
      if (found !== undefined) levels[mark] = found.level;
      return found;
    }
    return underlined(lines, index, levels);
  };
}

/** A lone line of text with a line of one repeated mark below it. */
function underlined(
  lines: readonly Line[],
  index: number,
  levels: { readonly [mark: string]: number },
): Heading | undefined {
  const below = lines[index + 1]?.text.trimEnd() ?? '';
  const level = levels[below[0] ?? ''];
  if (level === undefined || below.length < 3) return undefined;
  for (const mark of below) if (mark !== below[0]) return undefined;
  const title = lines[index]?.text.trim() ?? '';
  const above = lines[index - 1]?.text.trim() ?? '';
  const alone = above === '' || above.startsWith(below.slice(0, 3));
  return title === '' || title.length > 120 || title[0] === below[0] || !alone ? undefined : { level, title, lines: 2 };
}
