/**
 * A text brought to plain lower-case letters, with the way back to the original.
 *
 * What only looks different is made the same: compatibility forms (full width,
 * mathematical, circled letters), accents, characters of no width. What is
 * written to be read by a machine alone is kept apart as `hidden`: Unicode tags,
 * and what a right-to-left override shows backwards. One pass; nothing is lost
 * that a reader would see.
 */

/** A stretch of text that a reader of the page does not see as such. Offsets are of the original. */
export type HiddenText = {
  readonly kind: 'tags' | 'bidi';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

export type Folded = {
  readonly original: string;
  readonly text: string;
  /** For each unit of `text`, where it begins in the original. */
  readonly from: Uint32Array;
  /** Places in `text`, in order, where characters of no width stood that break words without showing it. */
  readonly broken: readonly number[];
  readonly hidden: readonly HiddenText[];
};

/** In UTF-16 units of the original; a hidden text that is longer is cut. */
const longestHidden = 4096;

export function fold(original: string): Folded {
  const units: string[] = [];
  // A code point becomes at most as many units as its compatibility form has; 18 is the longest there is.
  let from = new Uint32Array(original.length + 64);
  let length = 0;
  const put = (text: string, at: number): void => {
    if (length + text.length > from.length) from = grown(from, length + text.length);
    for (let unit = 0; unit < text.length; unit += 1) from[length + unit] = at;
    length += text.length;
    units.push(text);
  };

  const hidden: HiddenText[] = [];
  let tags = '';
  let tagsAt = 0;
  let override = -1;
  const broken: number[] = [];
  // In JSON a line ends with two characters, and the word behind them would begin with the second.
  const isJson = /^\s{0,9}[{["]/.test(original.slice(0, 10));
  for (let at = 0; at < original.length;) {
    const code = original.codePointAt(at) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    if (tags !== '' && !isTag(code)) {
      hidden.push({ kind: 'tags', text: tags, start: tagsAt, end: at });
      tags = '';
    }
    if (isJson && code === 0x5c) {
      const next = original.charCodeAt(at + 1);
      put(isBlankEscape(next) ? '\n' : '\\', at);
      at += isBlankEscape(next) || next === 0x5c ? 2 : 1;
      continue;
    }
    if (code < 0x80) {
      put(code >= 0x41 && code <= 0x5a ? (lowered[code - 0x41] ?? '') : original.charAt(at), at);
    } else if (isTag(code)) {
      if (tags === '') tagsAt = at;
      if (code >= 0xe0020 && tags.length < longestHidden) tags += String.fromCharCode(code - 0xe0000);
    } else if (showsNothing(code)) {
      if (code === 0x202e) override = at + 1;
      if ((code === 0x202c || code === 0x2069) && override >= 0) {
        hidden.push(shownBackwards(original, override, at));
        override = -1;
      }
      if (breaksWords(code) && broken.at(-1) !== length) broken.push(length);
    } else {
      put(plainForm(code), at);
    }
    at += width;
  }
  if (tags !== '') hidden.push({ kind: 'tags', text: tags, start: tagsAt, end: original.length });
  if (override >= 0) hidden.push(shownBackwards(original, override, original.length));
  return { original, text: units.join(''), from: from.subarray(0, length), broken, hidden };
}

const lowered = Array.from({ length: 26 }, (_, at) => String.fromCharCode(0x61 + at));

function grown(from: Uint32Array, needed: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(needed, from.length * 2));
  larger.set(from);
  return larger;
}

function shownBackwards(original: string, start: number, end: number): HiddenText {
  const text = Array.from(original.slice(start, Math.min(end, start + longestHidden)))
    .toReversed()
    .join('');
  return { kind: 'bidi', text, start, end };
}

/** n, r and t behind a backslash. */
function isBlankEscape(code: number): boolean {
  return code === 0x6e || code === 0x72 || code === 0x74;
}

function isTag(code: number): boolean {
  return code >= 0xe0001 && code <= 0xe007f;
}

function showsNothing(code: number): boolean {
  return (
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    code === 0x180e ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    (code >= 0xe0100 && code <= 0xe01ef)
  );
}

/** Joiners and direction marks belong to scripts and emoji; these do not. */
function breaksWords(code: number): boolean {
  return code === 0x200b || code === 0x2060 || code === 0xfeff || code === 0xad || (code >= 0x2061 && code <= 0x2064);
}

const forms = new Map<number, string>();
const accents =
  // oxlint-disable-next-line no-misleading-character-class -- marks without their letters are what it takes away
  /[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

function plainForm(code: number): string {
  const known = forms.get(code);
  if (known !== undefined) return known;
  const form = computedForm(code);
  if (forms.size < 50_000) forms.set(code, form);
  return form;
}

function computedForm(code: number): string {
  // Squared and circled letters that no compatibility form covers.
  for (const start of [0x1f130, 0x1f150, 0x1f170]) {
    if (code >= start && code < start + 26) return lowered[code - start] ?? '';
  }
  const special = letters[String.fromCodePoint(code)];
  if (special !== undefined) return special;
  const parts = String.fromCodePoint(code).normalize('NFKC').normalize('NFD').toLowerCase();
  // Accents go; the vowel signs of Indic and Thai scripts are letters and stay. Hangul is put together again.
  return parts.replace(accents, '').normalize('NFC');
}

/** Letters that differ from a plain one by more than an accent, small capitals, typographic marks. */
const letters: { readonly [character: string]: string } = {
  ...paired('øłđħıŧæœßþðəɡ', 'o l d h i t ae oe ss th d e g'),
  ...paired('ØŁĐĦŦÆŒÞÐ', 'o l d h t ae oe th d'),
  ...paired('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'a b c d e f g h i j k l m n o p r s t u v w y z'),
  ...paired('ٱأإآىةؤئ', 'ا ا ا ا ي ه و ي'),
  ...paired('‘’‚‛ʼ′＇`´', "' ' ' ' ' ' ' ' '"),
  ...paired('“”„‟«»〝〞＂″', '" " " " " " " " " "'),
  ...paired('‐‑‒–—―−', '- - - - - - -'),
  ...paired('。．｡！？｜', '. . . ! ? |'),
};

function paired(characters: string, plain: string): { readonly [character: string]: string } {
  const forms = plain.split(' ');
  return Object.fromEntries(Array.from(characters).map((character, at) => [character, forms[at] ?? '']));
}
