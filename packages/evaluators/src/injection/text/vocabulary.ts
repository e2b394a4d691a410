/**
 * Words, each looked up once: which phrases of the lexicon may begin with it,
 * and which plain word it stands for when it is written with digits for
 * letters, letters of another alphabet, letters repeated or shuffled.
 */
import { conceptNames, lexiconEntries, tellingConcepts } from '../lexicon/lexicon.ts';
import { latinForm } from './characters.ts';
import { fold } from './fold.ts';
import { hashOf } from './hash.ts';
import { spelledRight } from './misspelt.ts';
import { plainWords } from './plain-words.ts';

type Piece = { readonly text: string; readonly open: boolean };

/** A phrase after its first word; `undefined` stands for up to two words of any kind. */
export type Phrase = { readonly concept: number; readonly rest: readonly (Piece | undefined)[] };

export type Disguise = 'leet' | 'scrambled' | 'mixed_script';

export type Word = {
  readonly text: string;
  readonly hash: number;
  /** Every form under which phrases are looked up. */
  readonly forms: readonly string[];
  readonly phrases: readonly Phrase[];
  readonly disguise?: Disguise;
};

export function pieceMatches(piece: Piece, word: Word): boolean {
  return word.forms.some((form) => (piece.open ? form.startsWith(piece.text) : form === piece.text));
}

type Index = {
  readonly exact: ReadonlyMap<string, readonly Phrase[]>;
  readonly open: ReadonlyMap<string, readonly Phrase[]>;
  /** Words of telling concepts, by their first letter, inner letters in order, last letter. */
  readonly shuffled: ReadonlyMap<string, string>;
};

let index: Index | undefined;

function lexiconIndex(): Index {
  if (index !== undefined) return index;
  const exact = new Map<string, Phrase[]>();
  const open = new Map<string, Phrase[]>();
  const shuffled = new Map<string, string>();
  for (const [concept, entry] of lexiconEntries()) {
    const [first, ...rest] = piecesOf(entry);
    if (first === undefined)
      throw new Error(`An entry of ${conceptNames[concept] ?? ''} does not begin with a word: ${entry}`);
    const list = first.open ? open : exact;
    const phrases = list.get(first.text);
    if (phrases === undefined) list.set(first.text, [{ concept, rest }]);
    else phrases.push({ concept, rest });
    if (tellingConcepts.has(concept)) {
      for (const piece of [first, ...rest]) {
        if (piece !== undefined && piece.text.length >= 6 && /^[a-z]+$/.test(piece.text)) {
          shuffled.set(shuffleKey(piece.text), piece.text);
        }
      }
    }
  }
  index = { exact, open, shuffled };
  return index;
}

function piecesOf(entry: string): readonly (Piece | undefined)[] {
  return fold(entry)
    .text.split(/ +/)
    .flatMap((part): (Piece | undefined)[] => {
      if (part === '..') return [undefined];
      const isOpen = part.endsWith('*');
      const words = plainWords(isOpen ? part.slice(0, -1) : part);
      return words.map((text, at) => ({ text, open: isOpen && at === words.length - 1 }));
    });
}

const words = new Map<string, Word>();
/** More different words than this are looked up anew each time: a hostile text does not fill the memory. */
const mostWords = 60_000;
/** In UTF-16 units: what runs on for longer is no word of any list. */
const longestWord = 40;

export function wordOf(text: string): Word {
  const known = words.get(text);
  if (known !== undefined) return known;
  const word = lookedUp(text);
  if (words.size < mostWords && text.length <= longestWord) words.set(text, word);
  return word;
}

function lookedUp(text: string): Word {
  if (text.length > longestWord) return { text, hash: hashOf(text), forms: [text], phrases: [] };
  const plain = phrasesFor(text);
  // Digits are one word to the model, whatever their value.
  const hash = hashOf(/^\d+$/.test(text) ? '0' : text);
  if (text.length < 2) return { text, hash, forms: [text], phrases: plain };
  if (plain.length === 0) {
    for (const [disguise, form] of undisguised(text)) {
      const phrases = phrasesFor(form);
      if (phrases.length === 0) continue;
      return { text, hash: hashOf(form), forms: [form], phrases, ...(disguise === undefined ? {} : { disguise }) };
    }
  }
  const stripped = withoutArticle(text);
  if (stripped.length === 0) return { text, hash, forms: [text], phrases: plain };
  return { text, hash, forms: [text, ...stripped], phrases: [...plain, ...stripped.flatMap(phrasesFor)] };
}

function phrasesFor(form: string): readonly Phrase[] {
  const { exact, open } = lexiconIndex();
  const found = [...(exact.get(form) ?? [])];
  for (let length = 2; length <= form.length; length += 1) found.push(...(open.get(form.slice(0, length)) ?? []));
  return found;
}

function* undisguised(text: string): Generator<readonly [Disguise | undefined, string]> {
  const latin = latinForm(text);
  if (latin !== undefined) yield ['mixed_script', latin];
  if (/[a-z]/.test(text) && /[0-9@$!|]/.test(text)) {
    yield ['leet', text.replace(/[0-9@$!|]/g, (sign) => digitLetters[sign] ?? sign)];
    yield ['leet', text.replace(/[0-9@$!|]/g, (sign) => (sign === '1' ? 'i' : (digitLetters[sign] ?? sign)))];
  }
  const single = text.replace(/(.)\1{2,}/gu, '$1');
  if (single !== text) {
    yield ['scrambled', single];
    yield ['scrambled', text.replace(/(.)\1{2,}/gu, '$1$1')];
  }
  if (/^[a-z]{6,}$/.test(text)) {
    const meant = lexiconIndex().shuffled.get(shuffleKey(text));
    if (meant !== undefined && meant !== text) yield ['scrambled', meant];
  }
  const meant = spelledRight(text);
  if (meant !== undefined) yield [undefined, meant];
}

const digitLetters: { readonly [sign: string]: string } = {
  '0': 'o',
  '1': 'l',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};

function shuffleKey(word: string): string {
  return word.charAt(0) + word.slice(1, -1).split('').toSorted().join('') + word.slice(-1);
}

/** Arabic writes article and prepositions together with the word. */
function withoutArticle(text: string): readonly string[] {
  const prefix = /^(?:و|ف)?(?:ب|ك|ل)?(?:ال|ل)?/.exec(text)?.[0] ?? '';
  if (prefix === '' || text.length - prefix.length < 2) return [];
  return [text.slice(prefix.length), ...(text.startsWith('و') ? [text.slice(1)] : [])];
}

/** Whether the lexicon holds the word, exactly or by its beginning. */
export function isTelling(text: string): boolean {
  return wordOf(text).phrases.length > 0;
}
