/**
 * Markdown as models write it, read into blocks: headings, paragraphs, lists,
 * code, quotes, tables, rules; inside them strong, emphasis, code and links.
 *
 * The result is data and never HTML, so nothing that a model writes can become
 * part of the page. What is not understood stays text.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly start?: number; readonly items: readonly (readonly Block[])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' };

/** Blocks within blocks are followed this far; what is nested deeper stays text. */
const deepest = 8;

const fence = /^ {0,3}(`{3,}|~{3,})/;
const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const rule = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const bullet = /^( {0,3})([-*+]|\d{1,9}[.)])\s+(?=\S)/;
const quote = /^ {0,3}> ?/;
const divider = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** One key below another: so begins YAML, whose comments and lists look like Markdown. */
const yaml = /^[a-z_][\w-]*:( \S.*)?\n *(- )?[a-z_][\w-]*:( |$)/m;

/** True when text has marks that look better rendered than raw. */
export function looksLikeMarkdown(text: string): boolean {
  if (yaml.test(text.slice(0, 2_000))) return false;
  return /^ {0,3}(#{1,6} \S|[-*+] \S|\d{1,3}\. \S|`{3}|> \S)|\*\*\S[^*\n]*\*\*|\]\(https?:\/\/|^\|.*\|\s*$/m.test(
    text.slice(0, 20_000),
  );
}

export function parseMarkdown(text: string): readonly Block[] {
  return blocksOf(text.replaceAll('\r\n', '\n').split('\n'), 0);
}

function blocksOf(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  const line = () => lines[at] ?? '';
  /** Takes lines for as long as `while` says so. */
  const take = (goesOn: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (at < lines.length && goesOn(line())) {
      taken.push(line());
      at += 1;
    }
    return taken;
  };

  while (at < lines.length) {
    if (line().trim() === '') {
      at += 1;
      continue;
    }
    const mark = fence.exec(line())?.[1];
    if (mark !== undefined) {
      at += 1;
      const closing = (candidate: string) =>
        candidate.trim().startsWith(mark) && candidate.trim().replaceAll(mark[0] ?? '', '') === '';
      blocks.push({ kind: 'code', text: take((candidate) => !closing(candidate)).join('\n') });
      at += 1;
      continue;
    }
    const title = heading.exec(line());
    if (title !== null) {
      blocks.push({ kind: 'heading', level: title[1]?.length ?? 1, children: inlinesOf(title[2] ?? '') });
      at += 1;
    } else if (rule.test(line())) {
      blocks.push({ kind: 'rule' });
      at += 1;
    } else if (quote.test(line()) && depth < deepest) {
      const inside = take((candidate) => quote.test(candidate)).map((quoted) => quoted.replace(quote, ''));
      blocks.push({ kind: 'quote', blocks: blocksOf(inside, depth + 1) });
    } else if (bullet.test(line()) && depth < deepest) {
      blocks.push(list());
    } else if (line().includes('|') && divider.test(lines[at + 1] ?? '')) {
      const head = cellsOf(line()).map(inlinesOf);
      at += 2;
      const rows = take((candidate) => candidate.includes('|')).map((row) => cellsOf(row).map(inlinesOf));
      blocks.push({ kind: 'table', head, rows });
    } else {
      const first = line();
      at += 1;
      const rest = take((candidate) => candidate.trim() !== '' && !startsBlock(candidate));
      blocks.push({ kind: 'paragraph', children: inlinesOf([first, ...rest].join('\n')) });
    }
  }
  return blocks;

  function list(): Block {
    const number = /^\s*(\d+)/.exec(line())?.[1];
    const items: (readonly Block[])[] = [];
    while (at < lines.length) {
      const start = bullet.exec(line());
      if (start === null || (/^\d/.test(start[2] ?? '') ? number === undefined : number !== undefined)) break;
      const width = start[0].length;
      const own = [line().slice(width)];
      at += 1;
      for (;;) {
        const next = lines[at];
        if (next === undefined) break;
        const indented = /^\s*/.exec(next)?.[0].length ?? 0;
        const blank = next.trim() === '';
        if (blank && !/^\s{2,}\S/.test(lines[at + 1] ?? '')) break;
        if (!blank && indented < 2 && (startsBlock(next) || own.at(-1) === '')) break;
        own.push(blank ? '' : next.slice(Math.min(indented, width)));
        at += 1;
      }
      items.push(blocksOf(own, depth + 1));
      if (line().trim() === '' && bullet.test(lines[at + 1] ?? '')) at += 1;
    }
    return { kind: 'list', items, ...(number === undefined ? {} : { start: Number(number) }) };
  }
}

function startsBlock(line: string): boolean {
  return fence.test(line) || heading.test(line) || rule.test(line) || quote.test(line) || bullet.test(line);
}

function cellsOf(row: string): readonly string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

const span =
  /`([^`\n]{1,2000})`|\*\*(\S[^*]{0,2000}?)\*\*|(?<![\w*])\*(\S[^*\n]{0,1000}?)\*(?![\w*])|(?<![\w_])_(\S[^_\n]{0,1000}?)_(?![\w_])|\[([^[\]\n]{1,500})\]\(((?:https?:\/\/|mailto:)[^\s()<>]{1,2000})\)|(https?:\/\/[^\s<>()"'\]]{1,2000}[^\s<>()"'\].,;:!?])/g;

/** Reads what stands in a line. Every pattern is bounded, so no text takes long to read. */
export function inlinesOf(text: string): readonly Inline[] {
  const inlines: Inline[] = [];
  let last = 0;
  const plain = (until: number) => {
    if (until > last) inlines.push({ kind: 'text', text: text.slice(last, until) });
  };
  for (const match of text.matchAll(span)) {
    const [whole, code, strong, starred, underscored, label, href, address] = match;
    plain(match.index);
    last = match.index + whole.length;
    const emphasis = starred ?? underscored;
    if (code !== undefined) inlines.push({ kind: 'code', text: code });
    else if (strong !== undefined) inlines.push({ kind: 'strong', children: inlinesOf(strong) });
    else if (emphasis !== undefined) inlines.push({ kind: 'emphasis', children: inlinesOf(emphasis) });
    else if (href !== undefined)
      inlines.push({ kind: 'link', href, children: [{ kind: 'text', text: label ?? href }] });
    else if (address !== undefined)
      inlines.push({ kind: 'link', href: address, children: [{ kind: 'text', text: address }] });
  }
  plain(text.length);
  return inlines;
}
