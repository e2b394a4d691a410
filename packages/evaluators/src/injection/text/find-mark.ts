/** Recognises marks by their form. Every pattern is sticky and bounded: a look ahead of a few hundred units at most. */
import type { Mark } from '../lexicon/marks.ts';

export type FoundMark = {
  readonly mark: Mark;
  /** Of the mark, in UTF-16 units. */
  readonly length: number;
  /** How much of it holds no words to be read. */
  readonly skip: number;
  /** Whether a sentence ends before it, and whether one ends after it. */
  readonly breaks: boolean;
  readonly opens: boolean;
};

type Form = {
  readonly pattern: RegExp;
  readonly mark: Mark;
  /** Read on after so many units; 'all' skips the mark. */
  readonly skip: number | 'all';
  readonly breaks?: boolean;
  readonly opens?: boolean;
};

const tagName = /<\/?[a-z][a-z0-9-]{0,20}(?=[\s>/])/y;
const inline = /^<\/?(?:b|i|u|em|strong|span|a|code|small|font|mark|sub|sup|kbd|abbr|s|q)[\s>/]/;
const hides =
  /display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|font-size\s{0,3}:\s{0,3}[01](?:px|pt|em|%)?[;"'\s]|opacity\s{0,3}:\s{0,3}0(?:\.0)?[;"'\s]|color\s{0,3}:\s{0,3}(?:white|#fff\b|#ffffff|transparent|rgba\([^)]{0,20},\s?0\))|(?:left|top|text-indent)\s{0,3}:\s{0,3}-\d{3,5}|\shidden[\s>=]|aria-hidden/;

/** By the character a form begins with. */
const forms: { readonly [first: string]: readonly Form[] } = {
  '<': [
    { pattern: /<\|[a-z0-9_ /]{2,40}\|>/y, mark: 'chat_tag', skip: 'all', breaks: true, opens: true },
    { pattern: /<<\/?[a-z]{2,12}>>/y, mark: 'chat_tag', skip: 'all', breaks: true, opens: true },
    { pattern: /<!--/y, mark: 'html_comment', skip: 'all', breaks: true, opens: false },
    {
      pattern:
        /<\/?(?:system|user|assistant|developer|tool|tools|function|prompt|instructions?|inst|human|ai|context|document|description|s)>/y,
      mark: 'chat_tag',
      skip: 'all',
      breaks: true,
      opens: true,
    },
    {
      pattern:
        /<\/?(?:important|hidden|secret|admin|override|priority|note|critical|urgent|warning|information|rules?|mandatory|attention)>/y,
      mark: 'important_tag',
      skip: 'all',
      breaks: true,
      opens: true,
    },
    { pattern: /<(?:the |your |insert |user|conversation|data|summary)[^<>\n]{0,60}>/y, mark: 'placeholder', skip: 1 },
  ],
  '[': [
    {
      pattern:
        /\[\/?(?:inst|system|sys|assistant|user|admin|developer|end of [a-z ]{2,30}|begin [a-z ]{2,30}|end [a-z ]{2,30}|start of [a-z ]{2,30})\]/y,
      mark: 'chat_tag',
      skip: 'all',
      breaks: true,
      opens: true,
    },
    {
      pattern: /\[(?:important|hidden|secret|admin|override|note to [a-z ]{2,30}|system [a-z ]{2,30})[\]:]/y,
      mark: 'important_tag',
      skip: 1,
      breaks: true,
    },
    { pattern: /\[(?:insert|your|the)[^\]\n]{0,60}\]/y, mark: 'placeholder', skip: 1 },
  ],
  '!': [{ pattern: /!\[[^\]\n]{0,120}\]\(/y, mark: 'markdown_image', skip: 2 }],
  '"': [
    { pattern: /"role"\s{0,3}:\s{0,3}"(?:system|developer|assistant)"/y, mark: 'json_role', skip: 'all', breaks: true },
    { pattern: /"""/y, mark: 'fence', skip: 'all', breaks: true, opens: true },
  ],
  '`': [{ pattern: /```/y, mark: 'fence', skip: 'all', breaks: true, opens: true }],
  '#': [{ pattern: /#{3,40}/y, mark: 'rule_line', skip: 'all', breaks: true }],
  '=': [{ pattern: /={3,80}/y, mark: 'rule_line', skip: 'all', breaks: true }],
  '-': [
    { pattern: /-->/y, mark: 'html_comment', skip: 'all', breaks: true, opens: true },
    { pattern: /-{3,80}/y, mark: 'rule_line', skip: 'all', breaks: true },
  ],
  '*': [{ pattern: /\*{3,80}/y, mark: 'rule_line', skip: 'all', breaks: true }],
  '{': [{ pattern: /\{\{[^{}\n]{1,60}\}\}/y, mark: 'placeholder', skip: 2 }],
  '\n': [{ pattern: /\n(?:[ \t\r]{0,20}\n){5,}/y, mark: 'blank_run', skip: 'all', breaks: true }],
  ' ': [{ pattern: / {60,}/y, mark: 'blank_run', skip: 'all', breaks: true }],
  '~': [{ pattern: /~\/[\w.-]/y, mark: 'path', skip: 2 }],
  '/': [{ pattern: /\/(?:etc|root|home|usr|var|proc|dev|bin|opt|tmp|users)\//y, mark: 'path', skip: 1 }],
  '.': [
    { pattern: /\.\.?\/[\w.-]/y, mark: 'path', skip: 1 },
    { pattern: /\.(?:env|ssh|aws|netrc|npmrc|kube|git|bashrc|zshrc|pgpass|docker|config)\b/y, mark: 'path', skip: 1 },
  ],
  $: [{ pattern: /\$\s?\d/y, mark: 'money_amount', skip: 1 }],
  '€': [{ pattern: /€\s?\d/y, mark: 'money_amount', skip: 1 }],
};

/** Who is said to speak, at the beginning of a line. */
const role =
  /(?:system|assistant|user|human|ai|developer|model|bot|agent|ki|ia|operator|admin)\s?(?:notes?|notice|messages?|prompt|override|instructions?|updates?)?\s?:/y;

const url = /(?:https?|ftp|wss?):\/\/[^\s<>"'`|]{1,400}|www\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}/y;
const email = /[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}/y;
const ip = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/y;
const domain =
  /[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,3}\.(?:com|net|org|io|ai|xyz|info|ru|cn|co|uk|de|fr|es|it|nl|eu|us|example|test|dev|app|me|biz|top|site|online|store|cloud|link|click|onion)(?![a-z0-9-])/y;
/** A query that ends where something is to be filled in. */
const unfilled = /[?&][\w-]{1,40}=(?:$|[<{[]|%3c|[A-Z_]{6,60}$)/;

export function findMark(text: string, original: string, from: Uint32Array, at: number): FoundMark | undefined {
  const first = text.charAt(at);
  for (const form of forms[first] ?? []) {
    const length = matched(form.pattern, text, at);
    if (length === 0) continue;
    const skip = form.skip === 'all' ? length : form.skip;
    return { mark: form.mark, length, skip, breaks: form.breaks ?? false, opens: form.opens ?? false };
  }
  if (first === '<') return tagAt(text, at);
  const code = first.charCodeAt(0);
  const isWordStart = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
  if (!isWordStart || /[a-z0-9_@]/.test(text.charAt(at - 1))) return undefined;
  if (isLineStart(text, at)) {
    const length = matched(role, text, at);
    if (length > 0) return { mark: 'chat_role', length, skip: 0, breaks: true, opens: false };
  }
  return addressAt(text, original, from, at);
}

/** A tag of HTML; its attributes are read, for they can hold text. */
function tagAt(text: string, at: number): FoundMark | undefined {
  const nameLength = matched(tagName, text, at);
  if (nameLength === 0) return undefined;
  const near = text.slice(at, at + 400);
  const close = near.indexOf('>');
  const tag = close === -1 ? near : near.slice(0, close + 1);
  const breaks = !inline.test(tag);
  const isBare = tag.length <= nameLength + 2;
  return {
    mark: hides.test(tag) ? 'hidden_style' : 'html_tag',
    length: tag.length,
    skip: isBare ? tag.length : nameLength,
    breaks,
    opens: breaks && isBare,
  };
}

/** Only blanks, list marks and quotation marks between the beginning of the line and here. */
function isLineStart(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0 && before > at - 6; before -= 1) {
    const sign = text.charAt(before);
    if (sign === '\n') return true;
    if (!/[\s>*#"'([/-]/.test(sign)) return false;
  }
  return at < 6;
}

function addressAt(text: string, original: string, from: Uint32Array, at: number): FoundMark | undefined {
  // Almost every word ends before a sign that an address would go on with.
  let end = at;
  while (end < at + 64 && /[a-z0-9]/.test(text.charAt(end))) end += 1;
  if (!/[.@:_%+-]/.test(text.charAt(end))) return undefined;
  for (const [pattern, mark] of [
    [url, 'url'],
    [email, 'email'],
    [ip, 'ip'],
    [domain, 'domain'],
  ] as const) {
    const length = matched(pattern, text, at);
    if (length === 0) continue;
    const written = original.slice(from[at] ?? 0, from[at + length] ?? original.length);
    const isUnfilled = mark === 'url' && unfilled.test(written);
    return { mark: isUnfilled ? 'placeholder' : mark, length, skip: length, breaks: false, opens: false };
  }
  return undefined;
}

function matched(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex - at : 0;
}
