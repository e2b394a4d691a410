/**
 * A string in broken JSON. The question is always which quotation mark ends it:
 * one inside the text may have been left unescaped, and the last may be missing.
 * The answer lies in what follows the mark; it is looked for in a short stretch,
 * so that the whole stays linear.
 */
import type { Cursor } from './cursor.ts';
import { isBlank, pastBlanks } from './cursor.ts';

/** Where the string stands: what may follow it depends on that. */
export type StringPlace = 'key' | 'field' | 'item';

const closers: { readonly [open: string]: string } = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”“',
  '”': '”“',
  '„': '“”',
  '‘': '’‘',
  '’': '’‘',
};
const keyAhead = /^["'“‘`]?[^"'“”‘’`\n:{}[\],]{1,100}["'”’`]?\s{0,20}(?::|=)/;
const quotedKeyAhead =
  /^(?:"(?:[^"\\\n]|\\.){0,200}"|'[^'\n]{0,200}'|“[^”\n]{0,200}”|‘[^’\n]{0,200}’)\s{0,50}(?:[:={["'\d-]|(?:true|false|null)\b)/;
const cutKeyAhead = /^["'“][^"'”\n]{0,200}$/;
const literalAhead = /^(?:[\d{["'“‘`\]#+.-]|(?:true|false|null|none|nan|infinity|undefined)\b)/i;

export function isQuote(character: string | undefined): boolean {
  return character !== undefined && Object.hasOwn(closers, character);
}

/** @param open How many brackets stand open around the string, for one that was never closed. */
export function readString(cursor: Cursor, place: StringPlace, open: string): string {
  const { text } = cursor;
  const mark = text[cursor.at] ?? '';
  if (mark !== '"') cursor.mended += 1;
  if (text.startsWith(mark.repeat(3), cursor.at)) {
    const end = text.indexOf(mark.repeat(3), cursor.at + 3);
    if (end > 0) {
      const inner = text.slice(cursor.at + 3, end);
      cursor.at = end + 3;
      cursor.mended += 1;
      return inner;
    }
  }
  const ends = closers[mark] ?? mark;
  let content = '';
  let from = cursor.at + 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const [escaped, length] = escapeAt(text, at, cursor);
      content += text.slice(from, at) + escaped;
      at += length - 1;
      from = at + 1;
    } else if (ends.includes(character)) {
      if (cursor.trustsQuotes || isClosing(text, at, place)) {
        cursor.at = at + 1;
        return content + text.slice(from, at);
      }
      cursor.mended += 1;
      const lost = place === 'field' ? lostEnd(text, from, at) : undefined;
      if (lost !== undefined) {
        cursor.at = lost;
        return (content + text.slice(from, lost)).trimEnd();
      }
    } else if (character < ' ') {
      cursor.mended += 1;
    }
  }
  cursor.at = text.length;
  cursor.mended += 1;
  return withoutBrackets(content + text.slice(Math.min(from, text.length)), open);
}

/** What an escape stands for, and how long it is. One that JSON does not know stays as it is, but for escaped quotes. */
function escapeAt(text: string, at: number, cursor: Cursor): readonly [string, number] {
  const next = text[at + 1];
  const known = next === undefined ? '' : plain[next];
  if (known !== undefined) return [known, 2];
  const hex = /^\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2}))/.exec(text.slice(at, at + 6));
  if (hex !== null) return [String.fromCharCode(Number.parseInt(hex[1] ?? hex[2] ?? '', 16)), hex[0].length];
  cursor.mended += 1;
  if (text.length - at < 6 && /^\\u[\da-fA-F]*$/.test(text.slice(at))) return ['', text.length - at];
  if (next === '\n') return ['', 2];
  return isQuote(next) ? [next ?? '', 2] : [`\\${next ?? ''}`, 2];
}

const plain: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function isClosing(text: string, at: number, place: StringPlace): boolean {
  if (place === 'key') return true;
  const next = pastBlanks(text, at + 1);
  const after = text[next];
  if (after === undefined || ']}):：'.includes(after)) return true;
  if (after === '#' || (after === '/' && /[/*]/.test(text[next + 1] ?? ''))) return true;
  if (after === '+') return isQuote(text[pastBlanks(text, next + 1)]);
  const hasBreak = text.slice(at + 1, next).includes('\n');
  if (after === ';') return quotedKeyAhead.test(text.slice(pastBlanks(text, next + 1), next + 460));
  if (after === ',' || after === '，')
    return place === 'item' ? beginsItem(text, next + 1) : beginsField(text, next + 1);
  if (place === 'item') return isQuote(after) && next > at + 1 && isBlank(text[at + 1]);
  if (isQuote(after) && next > at + 1) return quotedKeyAhead.test(text.slice(next, next + 260));
  return hasBreak && keyAhead.test(text.slice(next, next + 130));
}

function beginsField(text: string, from: number): boolean {
  const next = pastBlanks(text, from);
  const ahead = text.slice(next, next + 260);
  if (ahead === '' || '}],/#'.includes(ahead[0] ?? '')) return true;
  if (isQuote(ahead[0])) return quotedKeyAhead.test(ahead) || (next + 260 >= text.length && cutKeyAhead.test(ahead));
  return keyAhead.test(ahead) || ahead.startsWith('...');
}

function beginsItem(text: string, from: number): boolean {
  const next = pastBlanks(text, from);
  const ahead = text.slice(next, next + 12);
  return ahead === '' || isQuote(ahead[0]) || /^[,/(}]/.test(ahead) || literalAhead.test(ahead);
}

/** Where a string ended whose mark is missing: before a comma or line break in front of what is plainly the next key. */
function lostEnd(text: string, from: number, at: number): number | undefined {
  if (!/^["'][^"'\n]{1,100}["']\s{0,20}:/.test(text.slice(at, at + 130))) return undefined;
  const gap = /(?:,\s{0,100}|\n\s{0,100})$/.exec(text.slice(Math.max(from, at - 101), at));
  return gap === null ? undefined : at - gap[0].length;
}

/** A string that was never closed may have swallowed the brackets that end the whole. */
function withoutBrackets(content: string, open: string): string {
  const end = /[\]}\s]{1,600}$/.exec(content.slice(-600))?.[0] ?? '';
  const swallowed = end.replace(/\s/g, '');
  const rest = content.slice(0, content.length - end.length);
  return swallowed !== '' && swallowed === open && !/[{[]/.test(rest) ? rest.trimEnd() : content;
}
