/**
 * HTML as Markdown (CommonMark with GitHub's tables): headings, paragraphs,
 * lists, quotes, code with its language, tables of data, links and images with
 * whole URLs. Tags it does not know are passed through for their text.
 */
import type { HtmlElement, HtmlNode } from './html-tree.ts';
import { inlineMarkdown, longestTicks, rawText } from './markdown-inline.ts';
import { tableMarkdown } from './markdown-table.ts';

const blocks = new Set(
  (
    'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hgroup hr li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
);

/** Of lists and quotes: what is nested deeper is written as if it stood here, because each indents all that is in it. */
const maxIndentation = 10;

/** @param resolve Makes a whole URL of a link as written; undefined when it leads nowhere a reader could go. */
export function markdownOf(root: HtmlElement, resolve: (link: string) => string | undefined): string {
  const inline = (nodes: readonly HtmlNode[]): string => inlineMarkdown(nodes, resolve);
  const holding = new Map<HtmlElement, boolean>();
  let indentation = 0;

  /** An inline element around a block (a link around a card) is laid open for the block's sake. */
  function holdsBlock(element: HtmlElement): boolean {
    let holds = holding.get(element);
    if (holds === undefined) {
      holds = element.children.some(
        (child) => typeof child !== 'string' && (blocks.has(child.tag) || holdsBlock(child)),
      );
      holding.set(element, holds);
    }
    return holds;
  }

  /** What `write` gives of a list or a quote, indented, or undefined where it would be too far in. */
  function indent<T>(write: () => T): T | undefined {
    if (indentation >= maxIndentation) return undefined;
    indentation += 1;
    try {
      return write();
    } finally {
      indentation -= 1;
    }
  }

  function blocksOf(nodes: readonly HtmlNode[]): readonly string[] {
    const found: string[] = [];
    let run: HtmlNode[] = [];
    const flush = (): void => {
      const text = inline(run);
      if (text !== '') found.push(escapeStart(text));
      run = [];
    };
    for (const node of nodes) {
      if (typeof node !== 'string' && (blocks.has(node.tag) || holdsBlock(node))) {
        flush();
        for (const text of block(node)) found.push(text);
      } else {
        run.push(node);
      }
    }
    flush();
    return found;
  }

  function block(element: HtmlElement): readonly string[] {
    const { tag, children } = element;
    const level = /^h([1-6])$/.exec(tag)?.[1];
    if (level !== undefined) {
      const text = inline(children).replace(/\s*\n\s*/g, ' ');
      return text === '' ? [] : [`${'#'.repeat(Number(level))} ${text}`];
    }
    switch (tag) {
      case 'hr':
        return ['---'];
      case 'pre':
        return codeBlock(element);
      case 'blockquote':
        return indent(() => prefixed(blocksOf(children).join('\n\n'), '> ', '> ')) ?? blocksOf(children);
      case 'ul':
      case 'ol':
      case 'menu':
        return indent(() => list(element)) ?? blocksOf(children);
      case 'table':
        return tableMarkdown(element, inline) ?? blocksOf(children);
      case 'dt':
      case 'summary': {
        const text = inline(children);
        return text === '' ? [] : [`**${text}**`];
      }
      default:
        return blocksOf(children);
    }
  }

  function list(element: HtmlElement): readonly string[] {
    let number = Number.parseInt(element.attributes['start'] ?? '1', 10) || 1;
    const items: string[] = [];
    for (const child of element.children) {
      if (typeof child === 'string') continue;
      const isItem = child.tag === 'li';
      const inner = isItem ? blocksOf(child.children) : block(child);
      if (inner.length === 0) continue;
      const marker = element.tag === 'ol' ? `${number}. ` : '- ';
      number += 1;
      const tight = inner.every((text) => !text.includes('\n') || /^(- |\d+\. )/.test(text));
      items.push(...prefixed(inner.join(tight ? '\n' : '\n\n'), marker, ' '.repeat(marker.length)));
    }
    return items.length === 0 ? [] : [items.join('\n')];
  }

  return blocksOf([root]).join('\n\n');
}

function codeBlock(element: HtmlElement): readonly string[] {
  const code = rawText(element).trimEnd().replace(/^\n+/, '');
  if (code === '') return [];
  const inner = element.children.find((child) => typeof child !== 'string' && child.tag === 'code');
  const classes = `${element.attributes['class'] ?? ''} ${typeof inner === 'object' ? (inner.attributes['class'] ?? '') : ''}`;
  const language = /(?:^|\s)(?:language|lang|highlight-source)-([\w+#.-]{1,30})/.exec(classes)?.[1] ?? '';
  const fence = '`'.repeat(Math.max(2, longestTicks(code)) + 1);
  return [`${fence}${language}\n${code}\n${fence}`];
}

/** The text with one prefix on its first line and another on those after it; nothing for no text. */
function prefixed(text: string, first: string, rest: string): readonly string[] {
  if (text === '') return [];
  const lines = text
    .split('\n')
    .map((line, index) => (index === 0 ? first + line : line === '' ? rest.trimEnd() : rest + line));
  return [lines.join('\n')];
}

/** Keeps a paragraph that begins like a heading, a quote or a list item a paragraph. */
function escapeStart(text: string): string {
  return text.replace(/^(#{1,6} |> |[-+] )/, '\\$1').replace(/^(\d{1,9})([.)] )/, '$1\\$2');
}
