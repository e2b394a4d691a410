import type { HtmlElement, HtmlNode } from './html-tree.ts';

type Resolve = (link: string) => string | undefined;

/** Inline content as one piece of Markdown, white space collapsed as browsers do; line breaks only where `<br>` stands. */
export function inlineMarkdown(nodes: readonly HtmlNode[], resolve: Resolve): string {
  return write(nodes, resolve)
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/ {2,}/g, ' ')
    .replace(/^\n+|\n+$/g, '')
    .trim()
    .replace(/\n/g, '  \n');
}

/** Text with its white space as written, `<br>` as a line break. */
export function rawText(node: HtmlNode): string {
  if (typeof node === 'string') return node;
  return node.tag === 'br' ? '\n' : node.children.map(rawText).join('');
}

function write(nodes: readonly HtmlNode[], resolve: Resolve): string {
  return nodes.map((node) => (typeof node === 'string' ? escapeText(node) : writeElement(node, resolve))).join('');
}

function writeElement(element: HtmlElement, resolve: Resolve): string {
  const { tag, attributes, children } = element;
  switch (tag) {
    case 'br':
      return '\n';
    case 'b':
    case 'strong':
      return marked(write(children, resolve), '**');
    case 'i':
    case 'em':
    case 'cite':
      return marked(write(children, resolve), '_');
    case 'del':
    case 's':
    case 'strike':
      return marked(write(children, resolve), '~~');
    case 'code':
    case 'kbd':
    case 'samp':
      return inlineCode(rawText(element));
    case 'img':
      return image(attributes, resolve);
    case 'a': {
      const text = write(children, resolve);
      const url = resolve(attributes['href'] ?? '');
      if (text.trim() === '' || url === undefined) return text;
      return marked(
        text,
        '[',
        `](${url
          .replace(/[()\s]/g, encodeURIComponent)
          .replace(/\(/g, '%28')
          .replace(/\)/g, '%29')})`,
      );
    }
    default:
      // Words of neighbouring blocks must not run together where blocks are not laid out.
      return /^(p|div|li|tr|td|th|dt|dd|h[1-6]|ul|ol|section|article|option)$/.test(tag)
        ? ` ${write(children, resolve)} `
        : write(children, resolve);
  }
}

/** Puts marks around text, leaving the white space at its ends outside, where Markdown wants it. */
function marked(text: string, left: string, right: string = left): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? [];
  return inner === '' ? text : `${before}${left}${inner.replace(/\s+/g, ' ')}${right}${after}`;
}

function inlineCode(text: string): string {
  const code = text.replace(/\s+/g, ' ');
  if (code.trim() === '') return code;
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const padding = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${code}${padding}${fence}`;
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
