/**
 * The readable text of an HTML page, as light Markdown: headings keep their
 * level, list items a dash, blocks stand in paragraphs. Scripts, styles and
 * forms of hiding are left out. One pass, linear in the page's length.
 */
const hidden = new Set(['script', 'style', 'template', 'noscript', 'svg', 'head', 'iframe']);
const blocks = new Set(
  'address article aside blockquote dd div dl dt fieldset figcaption figure footer form header hr main nav ol p pre section table ul'.split(
    ' ',
  ),
);
const lines = new Set(['br', 'tr', 'li', 'option']);

export function htmlText(html: string): string {
  const out: string[] = [];
  let at = 0;
  let hasHead = false;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) {
      out.push(words(html.slice(at)));
      break;
    }
    out.push(words(html.slice(at, open)));
    if (html.startsWith('<!--', open)) {
      at = after(html, '-->', open + 4);
      continue;
    }
    const tag = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]{0,40})/.exec(html.slice(open, open + 44));
    if (tag === null) {
      const declaration = html[open + 1] === '!' || html[open + 1] === '?' || html[open + 1] === '/';
      if (!declaration) out.push('<');
      at = declaration ? after(html, '>', open) : open + 1;
      continue;
    }
    const name = (tag[2] ?? '').toLowerCase();
    const closing = tag[1] === '/';
    at = endOfTag(html, open + tag[0].length);
    if (hidden.has(name) && !closing) {
      if (name === 'head' && !hasHead) out.push(titleOf(html, at));
      hasHead ||= name === 'head';
      at = afterElement(html, name, at);
    } else {
      out.push(mark(name, closing));
    }
  }
  return tidy(out.join(''));
}

function mark(name: string, closing: boolean): string {
  const level = /^h([1-6])$/.exec(name)?.[1];
  if (level !== undefined) return closing ? '\n\n' : `\n\n${'#'.repeat(Number(level))} `;
  if (name === 'li' && !closing) return '\n- ';
  if (name === 'td' || name === 'th') return closing ? ' | ' : '';
  if (blocks.has(name)) return '\n\n';
  return lines.has(name) && !closing ? '\n' : '';
}

/** Text between tags; line ends in it mean nothing. */
function words(text: string): string {
  return decodeEntities(text).replace(/\s/g, ' ');
}

/** One `#`-heading made of the page's title, when the head has one. */
function titleOf(html: string, from: number): string {
  const head = html.slice(from, from + 20_000);
  const start = /<title[^>]{0,200}>/i.exec(head);
  if (start === null) return '';
  const end = head.toLowerCase().indexOf('</title', start.index);
  const title = end === -1 ? '' : words(head.slice(start.index + start[0].length, end)).trim();
  return title === '' ? '' : `# ${title}\n\n`;
}

/** Just after the tag's `>`, with quoted attribute values passed over. */
function endOfTag(html: string, from: number): number {
  let quote = '';
  for (let at = from; at < html.length; at += 1) {
    const mark = html[at] ?? '';
    if (quote !== '') {
      if (mark === quote) quote = '';
    } else if (mark === '"' || mark === "'") quote = mark;
    else if (mark === '>') return at + 1;
  }
  return html.length;
}

/** Just after the element's closing tag; the end of the page when it has none. */
function afterElement(html: string, name: string, from: number): number {
  for (let at = html.indexOf('</', from); at !== -1; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return after(html, '>', at);
  }
  return html.length;
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

const named: { readonly [name: string]: string } = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  deg: '°',
  plusmn: '±',
  times: '×',
  middot: '·',
  bull: '•',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  aacute: 'á',
  ccedil: 'ç',
  ntilde: 'ñ',
  oacute: 'ó',
  iacute: 'í',
  uacute: 'ú',
  shy: '',
  zwnj: '',
  zwj: '',
};

/** Numeric entities and the common named ones; others stay as written. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return named[name] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? String.fromCodePoint(code) : '\uFFFD';
  });
}

/** Single blanks, at most one empty line. */
function tidy(text: string): string {
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.replace(/[ \t]+/g, ' ').trim();
    if (trimmed !== '' || kept.at(-1) !== '') kept.push(trimmed);
  }
  return kept.join('\n').trim();
}
