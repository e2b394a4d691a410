import type { HtmlElement, HtmlNode } from './html-tree.ts';

type Resolve = (link: string) => string | undefined;

/** Inline content as one piece of Markdown, white space collapsed as browsers do; line breaks only where `<br>` stands. */
export function inlineMarkdown(nodes: readonly HtmlNode[], resolve: Resolve): string {
  // Runs become one blank first: what follows then takes no time over them.
  return write(nodes, { resolve, open: new Set() })
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()
    .replace(/\n/g, '  \n');
}

/** Text with its white space as written, `<br>` as a line break. */
export function rawText(node: HtmlNode): string {
  if (typeof node === 'string') return node;
  return node.tag === 'br' ? '\n' : node.children.map(rawText).join('');
}

/** Where one writes: how links are made whole, and the marks that stand open around. */
type Context = { readonly resolve: Resolve; readonly open: ReadonlySet<string> };

function write(nodes: readonly HtmlNode[], context: Context): string {
  return nodes.map((node) => (typeof node === 'string' ? escapeText(node) : writeElement(node, context))).join('');
}

function writeElement(element: HtmlElement, context: Context): string {
  const { tag, attributes, children } = element;
  switch (tag) {
    case 'br':
      return '\n';
    case 'b':
    case 'strong':
      return writeMarked(children, '**', context);
    case 'i':
    case 'em':
    case 'cite':
      return writeMarked(children, '_', context);
    case 'del':
    case 's':
    case 'strike':
      return writeMarked(children, '~~', context);
    case 'code':
    case 'kbd':
    case 'samp':
      return inlineCode(rawText(element));
    case 'img':
      return image(attributes, context.resolve);
    case 'a': {
      const url = context.resolve(attributes['href'] ?? '');
      if (url === undefined) return write(children, context);
      return writeMarked(
        children,
        '[',
        context,
        `](${url
          .replace(/[()\s]/g, encodeURIComponent)
          .replace(/\(/g, '%28')
          .replace(/\)/g, '%29')})`,
      );
    }
    default:
      // Words of neighbouring blocks must not run together where blocks are not laid out.
      return /^(p|div|li|tr|td|th|dt|dd|h[1-6]|ul|ol|section|article|option)$/.test(tag)
        ? ` ${write(children, context)} `
        : write(children, context);
  }
}

/**
 * Puts marks around text, leaving the white space at its ends outside, where
 * Markdown wants it. Bold within bold is bold, a link within a link its text.
 */
function writeMarked(children: readonly HtmlNode[], left: string, context: Context, right: string = left): string {
  if (context.open.has(left)) return write(children, context);
  const text = write(children, { ...context, open: new Set([...context.open, left]) });
  const inner = text.trim();
  if (inner === '') return text;
  const start = text.length - text.trimStart().length;
  const after = text.slice(start + inner.length);
  return `${text.slice(0, start)}${left}${inner.replace(/\s+/g, ' ')}${right}${after}`;
}

function inlineCode(text: string): string {
  const code = text.replace(/\s+/g, ' ');
  if (code.trim() === '') return code;
  const fence = '`'.repeat(longestTicks(code) + 1);
  const padding = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${code}${padding}${fence}`;
}

/** The length of the longest run of backticks: a fence must be longer. */
export function longestTicks(code: string): number {
  let longest = 0;
  for (const [ticks] of code.matchAll(/`+/g)) longest = Math.max(longest, ticks.length);
  return longest;
}

function image(attributes: { readonly [name: string]: string }, resolve: Resolve): string {
  const url = resolve(attributes['src'] ?? '');
  const isPixel = attributes['width'] === '1' || attributes['height'] === '1';
  if (url === undefined || isPixel) return '';
  return `![${escapeText(attributes['alt'] ?? '').trim()}](${url.replace(/\(/g, '%28').replace(/\)/g, '%29')})`;
}

/** Text with the characters escaped that would be markup; white space collapsed. An underscore inside a word is none. */
function escapeText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/\](?=\()/g, '\\]')
    .replace(/<(?=[a-z/!])/gi, '\\<');
}
