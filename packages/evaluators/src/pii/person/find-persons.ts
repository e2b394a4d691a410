/**
 * People's names in running text and in fields: a known given name and what
 * stands around it, a title, or words that say a name follows. Words alone
 * decide, not grammar, so a name that nothing gives away is not seen.
 *
 * Capitalised words that stand side by side are read together; each is a given
 * name, an initial, a title, a word that is no name, or unknown, and unknown
 * words are surnames when they follow one of the first two.
 */
import type { Finding } from '../../findings/finding.ts';
import { anyCue, honorific, nameField, presenting, strongCue, weakCue } from './cues.ts';
import { givenNames } from './given-names.ts';
import {
  alsoWords,
  beforePlace,
  brands,
  familyNamesFirst,
  notNames,
  placeWords,
  streetWords,
  wordsFirst,
} from './words.ts';

type Kind = 'given' | 'doubtful' | 'initial' | 'title' | 'word' | 'unknown';

type Token = {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  /** What stands between this word and the one before: '' for the first of a row, a blank, `, ` or particles. */
  readonly gap: string;
};

const capitalised =
  /(?<![\p{L}\p{M}\d_@/\\#$%&<]|(?<! (?:al|el))-)(?:\p{Lu}\.(?:[ -]?\p{Lu}\.){0,3}(?!\p{L})|(?:[dDlLoO]['’])?\p{Lu}[\p{L}\p{M}'’-]{0,40}\.?)(?![\d_@])/gu;
const particle = String.raw`(?:van|von|de|der|den|del|della|delle|di|da|dos|das|du|la|le|bin|bint|ibn|al|el|ter|ten|zu|af|av|y|e)`;
const gapBetween = new RegExp(String.raw`^(?: |, | (?:${particle} ){1,3}| (?:al|el|d)[-'’])$`, 'u');

/** Of a name: `Robert Downey Jr.`, `Elizabeth II`. */
const suffix = /^,? (?:Jr|Sr|II|III|IV)(?:\b\.?|$)(?!\p{L})/u;

export function findPersons(text: string, field: string): readonly Finding[] {
  const whole = ofNameField(text, field);
  if (whole !== undefined) return [whole];
  return rowsOf(text).flatMap((row) => personsIn(text, row));
}

/** A field of that name holds a name, known or not. */
function ofNameField(text: string, field: string): Finding | undefined {
  if (!nameField.test(field) || text.length > 60) return undefined;
  const isName = /^\p{L}[\p{L}\p{M}'’.-]*(?:,? [\p{L}][\p{L}\p{M}'’.-]*){0,4}$/u.test(text);
  return isName ? { type: 'PERSON', start: 0, end: text.length, confidence: 0.85 } : undefined;
}

function rowsOf(text: string): readonly (readonly Token[])[] {
  const rows: Token[][] = [];
  let last: Token | undefined;
  for (const match of text.matchAll(capitalised)) {
    const written =
      isInitial(match[0]) || honorific.test(match[0])
        ? match[0]
        : match[0].replace(/\.$/, '').replace(/(?:['’]s|['’-])$/, '');
    const start = match.index;
    const between = last === undefined || start - last.end > 16 ? '' : text.slice(last.end, start);
    const isJoined = last !== undefined && gapBetween.test(between);
    const token = {
      text: written,
      start,
      end: start + written.length,
      kind: kindOf(written),
      gap: isJoined ? between : '',
    };
    if (isJoined) rows.at(-1)?.push(token);
    else rows.push([token]);
    last = token;
  }
  return rows;
}

function isInitial(word: string): boolean {
  return /^(?:\p{Lu}\.[ -]?){1,4}$/u.test(word);
}

function kindOf(word: string): Kind {
  if (isInitial(word)) return 'initial';
  if (honorific.test(word)) return 'title';
  const titled = /^\p{Lu}{3,}$/u.test(word) ? word.charAt(0) + word.slice(1).toLowerCase() : word;
  if (alsoWords.has(titled)) return 'doubtful';
  if (/['’](?:t|re|ve|ll|d|m)$/.test(titled)) return 'word';
  if (notNames.has(titled) || placeWords.has(titled)) return 'word';
  const first = titled.split('-')[0] ?? titled;
  if (titled.length > 1 && (givenNames.has(titled) || (first !== titled && givenNames.has(first))))
    return titled.length === 2 ? 'doubtful' : 'given';
  return 'unknown';
}

function personsIn(text: string, row: readonly Token[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (let at = 0; at < row.length;) {
    const isOfBrand = row[at + 1]?.gap === ' ' && brands.has(`${row[at]?.text} ${row[at + 1]?.text}`);
    const found = isOfBrand ? undefined : personAt(text, row, at);
    if (found === undefined) {
      at += isOfBrand ? 2 : 1;
      continue;
    }
    const [first, last] = [row[found.from], row[found.to]];
    if (first !== undefined && last !== undefined) {
      const end = last.end + (suffix.exec(text.slice(last.end, last.end + 8))?.[0].length ?? 0);
      findings.push({ type: 'PERSON', start: first.start, end, confidence: found.confidence });
    }
    at = found.to + 1;
  }
  return findings;
}

/** Words of a row, from and to inclusive. */
type Person = { readonly from: number; readonly to: number; readonly confidence: number };

function personAt(text: string, row: readonly Token[], at: number): Person | undefined {
  const token = row[at];
  if (token === undefined) return undefined;
  if (token.kind === 'title') {
    if (row[at + 1]?.kind === 'title') return undefined;
    const to = endOfName(row, at + 1, true);
    const isTitled = to > at && row[at + 1]?.kind !== 'word' && row[at + 1]?.gap === ' ';
    return isTitled ? { from: at + 1, to, confidence: 0.85 } : undefined;
  }
  if (token.kind === 'word' || isOfPlace(text, row, at)) return undefined;
  return inverted(text, row, at) ?? familyFirst(text, row, at) ?? straight(text, row, at);
}

/** `Hoffmann, Harvey`: a surname, and behind the comma a given name. */
function inverted(text: string, row: readonly Token[], at: number): Person | undefined {
  let comma = at + 1;
  while (comma < row.length && comma < at + 3 && row[comma]?.gap !== ', ' && row[comma]?.kind === 'unknown') comma += 1;
  const given = row[comma];
  const isSurname = row[at]?.kind === 'unknown' || (row[at]?.kind === 'doubtful' && !isListed(row, at));
  if (!isSurname || given?.gap !== ', ') return undefined;
  const isGiven =
    given.kind === 'given' ||
    (given.kind === 'doubtful' && (isCued(text, row, at, weakCue) || isCell(text, row[at], given)));
  if (!isGiven) return undefined;
  let to = comma;
  while (row[to + 1]?.kind === 'initial' && row[to + 1]?.gap === ' ') to += 1;
  // Behind a given name and a blank comes a surname: then the comma only separates.
  const next = row[to + 1];
  if (next !== undefined && next.gap === ' ' && next.kind !== 'word') return undefined;
  // `Langosh, Grady and Hermiston` is a firm.
  if (/^,? (?:and|&) \p{Lu}/u.test(text.slice(given.end, given.end + 8))) return undefined;
  return { from: at, to, confidence: 0.7 };
}

/** `Zhang Wei`, `Kim Min-jae`: a family name that stands first, and one word more. */
function familyFirst(text: string, row: readonly Token[], at: number): Person | undefined {
  const [family, given] = [row[at], row[at + 1]];
  if (family === undefined || given?.gap !== ' ' || !familyNamesFirst.has(family.text)) return undefined;
  const isGiven = given.kind !== 'word' && given.kind !== 'title' && given.text.length > 1 && given.text.length < 11;
  const isAlone = row[at - 1]?.kind !== 'unknown' && row[at + 2]?.gap !== ' ';
  if (!isGiven || !isAlone || isBeforePlace(text, row, at + 1)) return undefined;
  return { from: at, to: at + 1, confidence: 0.6 };
}

/** Whether the two words are all there is between quotation marks, tabs or bars. */
function isCell(text: string, first: Token | undefined, last: Token): boolean {
  return (
    /^$|["'|\t\n;>]\s?$/.test(text.slice(Math.max(0, (first?.start ?? 0) - 2), first?.start)) &&
    /^\s?(?:$|["'|\t\n;<])/.test(text.slice(last.end, last.end + 2))
  );
}

/** Several names behind one another with commas between. */
function isListed(row: readonly Token[], at: number): boolean {
  return row[at]?.gap === ', ';
}

function straight(text: string, row: readonly Token[], at: number): Person | undefined {
  const token = row[at];
  if (token === undefined) return undefined;
  const to = endOfName(row, at, false);
  if (isBeforePlace(text, row, to)) return undefined;
  const isFull = to > at;
  switch (token.kind) {
    case 'given': {
      // Capitals alone are an abbreviation as often as a name.
      if (!isFull && /^\p{Lu}{2,}$/u.test(token.text) && !isCued(text, row, at, strongCue)) return undefined;
      return { from: at, to, confidence: isFull ? 0.85 : isCued(text, row, at, anyCue) ? 0.8 : 0.6 };
    }
    case 'doubtful': {
      if (isCued(text, row, at, isFull ? anyCue : weakCue)) return { from: at, to, confidence: isFull ? 0.75 : 0.6 };
      // `Grant Hoffmann`, not `Grant Agreement`: the next word is unknown, and the row begins with the name.
      const isName =
        isFull &&
        row.slice(at + 1, to + 1).some(({ kind }) => kind === 'given' || kind === 'initial' || kind === 'unknown');
      if (wordsFirst.has(token.text) && beginsSentence(text, token)) return undefined;
      return isName && to === row.length - 1 && (at === 0 || row[at - 1]?.kind !== 'unknown')
        ? { from: at, to, confidence: 0.55 }
        : undefined;
    }
    case 'initial': {
      // One letter at the head of a line numbers it; `U.S.` is no person's.
      const isMark =
        (token.text.length < 3 && beginsSentence(text, token)) || /^(?:I|U\.S|U\.K|E\.U)\.$/.test(token.text);
      const isName = isFull && row[at + 1]?.kind !== 'word' && !isMark;
      return isName ? { from: at, to, confidence: 0.6 } : undefined;
    }
    case 'unknown': {
      // `Beckie Scott`: a name that the list lacks, before one that it has; not where a sentence begins with some other word.
      const next = row[at + 1];
      if (next?.kind === 'given' && next.gap === ' ' && !beginsSentence(text, token)) {
        const end = endOfName(row, at + 1, false);
        return isBeforePlace(text, row, end) ? undefined : { from: at, to: end, confidence: 0.6 };
      }
      const last = Math.min(endOfName(row, at, true), at + 2);
      if (!isCued(text, row, at, strongCue) && !(last > at && isCued(text, row, at, presenting))) return undefined;
      return isBeforePlace(text, row, last) ? undefined : { from: at, to: last, confidence: last > at ? 0.7 : 0.55 };
    }
    default:
      return undefined;
  }
}

function beginsSentence(text: string, { start }: Token): boolean {
  return /(?:^|[.!?:\n]["'”’)]?\s{0,2})$/.test(text.slice(Math.max(0, start - 4), start));
}

/** The last word of a name that begins here: blanks and particles join its words, at most four. */
function endOfName(row: readonly Token[], from: number, isSure: boolean): number {
  let to = from;
  while (to + 1 < row.length && to - from < 4) {
    const next = row[to + 1];
    if (next === undefined || next.gap === ', ' || next.kind === 'title') break;
    const isBareInitial =
      /^\p{Lu}$/u.test(next.text) && /^(?:unknown|given)$/.test(row[to + 2]?.kind ?? '') && row[to + 2]?.gap === ' ';
    if (next.kind === 'word' && !isBareInitial) break;
    to += 1;
    if (
      next.kind === 'unknown' &&
      next.text.length > 1 &&
      !isSure &&
      row[to + 1]?.gap === ' ' &&
      row[to + 1]?.kind !== 'unknown'
    )
      break;
  }
  while (to > from && row[to]?.kind === 'initial') to -= 1;
  return row[from] === undefined ? from - 1 : to;
}

function isCued(text: string, row: readonly Token[], at: number, cue: RegExp): boolean {
  const start = row[at]?.start ?? 0;
  const before = text.slice(Math.max(0, start - 40), start);
  return (
    cue.test(before.slice(before.lastIndexOf('\n') + 1)) ||
    (cue !== strongCue &&
      cue !== presenting &&
      /(?:regards|cheers|thanks|sincerely|gru(?:ß|ss)|saludos|cordialement),?\s{1,3}$/i.test(before))
  );
}

/** `Rua das Flores`, `171 Martin Lane` from its number on, `University of …`: a name in the name of a place. */
function isOfPlace(text: string, row: readonly Token[], at: number): boolean {
  const previous = row[at - 1];
  if (previous !== undefined && row[at]?.gap !== ', ' && beforePlace.has(previous.text)) return true;
  const start = row[at]?.start ?? 0;
  return (
    /(?:\d[a-z]?|university of|city of|port of|bank of|& ) $/i.test(text.slice(Math.max(0, start - 14), start)) &&
    row.length > at + 1 &&
    row.slice(at).some(({ text: word }) => isPlaceWord(word))
  );
}

function isPlaceWord(word: string): boolean {
  return [word, word.replace(/s$/, '')].some((form) => placeWords.has(form) || streetWords.has(form));
}

/** Whether what follows the name makes a street, a shop or a company of it. */
function isBeforePlace(text: string, row: readonly Token[], to: number): boolean {
  const next = row[to + 1];
  const end = row[to]?.end ?? 0;
  if (next !== undefined && next.gap === ' ' && placeWords.has(next.text)) return true;
  return /^(?:(?:'s)? & \p{Lu}|,? (?:Inc|Ltd|LLC|GmbH|LLP|PLC|AG|AS|A\/S|SA|SARL|BV|NV|AB|Oy|Corp|Co)\b|'s (?:Hospital|Church|School|College|Cathedral|Restaurant|Pizza|Stadium|Arena|Park|Day|Bay|Creek|Island|Diner|Pub|Bakery|Market|Department Store))/u.test(
    text.slice(end, end + 24),
  );
}
