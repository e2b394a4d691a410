/** Codes that stand for letters: found by form, kept when they decode to words. */

export type Decoded = { readonly form: string; readonly text: string; readonly start: number; readonly end: number };

/** In UTF-16 units of the code; what is longer is decoded up to here. */
const longest = 16_384;

export function* decodeBase64(text: string): Generator<Decoded> {
  for (const { start, end } of runs(text, isBase64, 16)) {
    const code = text
      .slice(start, Math.min(end, start + longest))
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    const decoded = wordsFrom(Buffer.from(code, 'base64'));
    if (decoded === undefined) continue;
    const padding = /^={0,2}/.exec(text.slice(end, end + 2))?.[0].length ?? 0;
    yield { form: 'base64', text: decoded, start, end: end + padding };
  }
}

/** Hexadecimal, binary and decimal numbers for letters, run together or set apart. */
export function* decodeNumbers(text: string): Generator<Decoded> {
  for (const { start, end } of runs(text, isNumberCode, 16)) {
    const code = text.slice(start, Math.min(end, start + longest)).replace(/0x|\\x/gi, '');
    const groups = code.split(/[\s,:]+/).filter((group) => group !== '');
    for (const [form, bytes] of [
      ['hex', hexBytes(groups)],
      [
        'binary',
        groups.every((group) => /^[01]{7,8}$/.test(group)) ? groups.map((group) => Number.parseInt(group, 2)) : [],
      ],
      ['decimal', groups.every((group) => /^\d{2,3}$/.test(group)) ? groups.map(Number) : []],
    ] as const) {
      if (bytes.length < 8 || bytes.some((byte) => byte > 255)) continue;
      const decoded = wordsFrom(Buffer.from(bytes));
      if (decoded === undefined) continue;
      yield { form, text: decoded, start, end };
      break;
    }
  }
}

function hexBytes(groups: readonly string[]): readonly number[] {
  if (!groups.every((group) => group.length % 2 === 0 && /^[0-9a-f]+$/i.test(group))) return [];
  return [...Buffer.from(groups.join(''), 'hex')];
}

const escape = /(?:%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|&#x?[0-9a-f]{2,6};?)/gi;

/** Runs of escapes: a few stand in any address, a row of six hides something. */
export function* decodeEscapes(text: string): Generator<Decoded> {
  let open: { start: number; end: number; count: number; text: string } | undefined;
  for (const match of text.matchAll(escape)) {
    const letter = unescaped(match[0]);
    if (open !== undefined && match.index - open.end <= 1) {
      open.text += text.slice(open.end, match.index) + letter;
      open.end = match.index + match[0].length;
      open.count += 1;
      continue;
    }
    if (open !== undefined && open.count >= 6 && readsAsWords(open.text)) yield { form: 'escapes', ...open };
    open = { start: match.index, end: match.index + match[0].length, count: 1, text: letter };
  }
  if (open !== undefined && open.count >= 6 && readsAsWords(open.text)) yield { form: 'escapes', ...open };
}

function unescaped(code: string): string {
  const digits = code.replace(/^(?:%|\\u|\\x|&#x?)|;$/gi, '');
  const value = Number.parseInt(digits, /^&#[^x]/i.test(code) ? 10 : 16);
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '';
}

export function* decodeMorse(text: string): Generator<Decoded> {
  for (const { start, end } of runs(text, isMorse, 16)) {
    const words = text
      .slice(start, Math.min(end, start + longest))
      .trim()
      .split(/ {3,}|\s*[/|]\s*/)
      .map((word) =>
        word
          .split(/\s+/)
          .map((sign) => morse.get(sign) ?? '')
          .join(''),
      );
    const decoded = words.join(' ').trim();
    if (decoded.length >= 4 && /^[a-z0-9 ]+$/.test(decoded)) yield { form: 'morse', text: decoded, start, end };
  }
}

const morse = new Map(
  `.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..`
    .split(' ')
    .map((sign, at) => [sign, String.fromCharCode(0x61 + at)]),
);

type Run = { readonly start: number; readonly end: number };

/** Stretches of at least `least` characters of one kind, without the blanks around them. */
function* runs(text: string, belongs: (code: number) => boolean, least: number): Generator<Run> {
  for (let at = 0; at < text.length;) {
    if (!belongs(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    let end = at + 1;
    while (end < text.length && belongs(text.charCodeAt(end))) end += 1;
    if (end - at >= least) yield { start: at, end };
    at = end;
  }
}

function isBase64(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2b ||
    code === 0x2f ||
    code === 0x2d ||
    code === 0x5f
  );
}

function isNumberCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x46) ||
    (code >= 0x61 && code <= 0x66) ||
    code === 0x20 ||
    code === 0x2c ||
    code === 0x3a ||
    code === 0x78 ||
    code === 0x5c
  );
}

function isMorse(code: number): boolean {
  return code === 0x2e || code === 0x2d || code === 0x20 || code === 0x2f || code === 0x7c;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controls = /[\0-\x08\x0e-\x1f]/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function wordsFrom(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return readsAsWords(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Letters and blanks nearly throughout, and at least one blank or eight letters: what chance does not give. */
function readsAsWords(text: string): boolean {
  const letters = text.match(/[\p{L}\s.,;:!?'"-]/gu)?.length ?? 0;
  return text.length >= 6 && letters >= text.length * 0.8 && !controls.test(text) && /\s/.test(text.trim());
}
