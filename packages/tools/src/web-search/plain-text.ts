const named: { readonly [name: string]: string } = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–', mdash: '—', hellip: '…', middot: '·',
  lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', copy: '©', reg: '®', deg: '°', euro: '€', bull: '•', raquo: '»', laquo: '«',
}; // prettier-ignore

/** Character references of HTML as characters; an unknown name stays as it is. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** A fragment of HTML as one line of plain text. */
export function plainText(html: string): string {
  return decodeEntities(html.replace(/<[^<>]{0,2000}>/g, ''))
    .replace(/\s+/g, ' ')
    .trim();
}

/** A snippet: one line of plain text, at most 500 characters, cut at a word. */
export function snippetOf(html: string): string {
  const text = plainText(html);
  if (text.length <= 500) return text;
  const cut = text.slice(0, 499);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 400))}…`;
}
