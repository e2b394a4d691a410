/**
 * Telephone numbers. With a country code the length says whether there can be
 * such a number; without one the way it is grouped does, or the word before it.
 */
import type { Finding } from '../findings/finding.ts';
import { digitsOf, standsAlone } from './digit-groups.ts';
import type { DigitRun } from './digit-groups.ts';
import type { Labels } from './label-before.ts';

/** Says whether a number can be one. */
export type PhoneRules = {
  /** In international form, `+4930…`: whether the country has numbers of that length. */
  isPossible(international: string): boolean;
  /** As it is dialled in the country that was named; always false when none was. */
  isDialledHere(national: string): boolean;
};

/**
 * Loads the metadata of all countries; a few hundredths of a second and 20 MB, once.
 *
 * @param country Two letters, as in ISO 3166. Numbers as they are dialled in it are known without a word before them.
 */
export async function loadPhoneRules(country: string | undefined): Promise<PhoneRules> {
  const { default: parse, isSupportedCountry } = await import('libphonenumber-js/min');
  if (country !== undefined && !isSupportedCountry(country))
    throw new Error(`There is no telephone country ${country}.`);
  // Whether a length is possible follows from the country code, which the first three digits say.
  const possible = new Map<string, boolean>();
  return {
    isPossible(international) {
      const key = `${international.slice(0, 4)} ${international.length}`;
      const known = possible.get(key) ?? parse(international)?.isPossible() ?? false;
      possible.set(key, known);
      return known;
    },
    isDialledHere: (national) => country !== undefined && (parse(national, country)?.isValid() ?? false),
  };
}

const named =
  /(?:phone|mobile|mobil|cell|\btel\b|tel[.:]|t[ée]l[ée]phone?|telefon|tel[ée]fono|whats ?app|signal|sms|\bfax|call(?: me| us| him| her| them)?|dial|ring|text (?:me|us|him|her)|handy|rufnummer|nummer ist|num[ée]ro|portable|celular|m[óo]vil|cellulare|contact|reach(?:ed)?(?: me| us| him| her| them)?|hotline|helpline|pager|landline|direct line|\bph\b|\bmob\b|telefoon|telefone|telef[oó]n|電話|手机|电话|тел)[^\d\n]{0,24}$/iu;
/** What else is written in groups of digits. */
const otherwise =
  /(?:order|invoice|ticket|\bref(?:erence)?|tracking|isbn|issn|\bsku|part|serial|version|account|acct|\bcase|claim|policy|imei|\bid|customer|member|model|batch|\blot|\bpo|patent|doi|article|item|bestell\w{0,12}|rechnung\w{0,12}|kunden\w{0,12}|routing|ssn|social security|tax|passport|licen[cs]e|iban|konto\w{0,12}|card|port|pid|line|page|build)[^\d\n]{0,14}$/iu;
const extension = /^[ ,;]{0,2}(?:x|ext\.?|extension|durchwahl|poste|#)\s?\d{1,6}(?!\d)/i;

export function findPhones(
  text: string,
  runs: readonly DigitRun[],
  isCalled: Labels,
  rules: PhoneRules,
): readonly Finding[] {
  return runs.flatMap((run) => phonesIn(text, run, isCalled, rules));
}

function phonesIn(text: string, run: DigitRun, isCalled: Labels, rules: PhoneRules): readonly Finding[] {
  const findings: Finding[] = [];
  for (let from = 0; from < run.length; from += 1) {
    const groups = upTo(run.slice(from, from + 9), 15);
    const first = groups[0];
    if (first === undefined) continue;
    const prefix = prefixBefore(text, first.start);
    const isInternational = prefix.includes('+');
    if (!isInternational && goesOnFrom(run, from)) continue;
    const found = isInternational
      ? (international(groups, rules) ?? mistyped(groups, isCalled))
      : first.digits.startsWith('00') && first.digits.length < 16
        ? (international(withoutZeros(groups), rules) ?? national(groups, isCalled, rules))
        : national(groups, isCalled, rules);
    if (found === undefined) continue;
    const last = groups[found.count - 1] ?? first;
    const start = first.start - (isInternational ? prefix.length : bracketBefore(text, first.start, last.end));
    const end = last.end + (extension.exec(text.slice(last.end, last.end + 18))?.[0].length ?? 0);
    if (!standsAlone(text, start, end)) continue;
    findings.push({ type: 'PHONE_NUMBER', start, end, confidence: found.confidence });
    from += found.count - 1;
  }
  return findings;
}

/** Whether the groups from here on belong to a longer number that begins before: the same gap joins them to it. */
function goesOnFrom(run: DigitRun, from: number): boolean {
  const before = run[from]?.gap;
  const isJoined = from > 0 && before !== undefined && before === run[from + 1]?.gap;
  return isJoined && (from === 1 || run[from - 1]?.gap === before);
}

type Found = { readonly count: number; readonly confidence: number };

/** As many groups as hold so many digits. */
function upTo(groups: DigitRun, most: number): DigitRun {
  let digits = 0;
  let count = 0;
  for (const group of groups) {
    digits += group.digits.length;
    if (digits > most + (groups[0]?.digits.startsWith('00') === true ? 2 : 0)) break;
    count += 1;
  }
  return groups.slice(0, count);
}

function prefixBefore(text: string, start: number): string {
  return /\(?\+ ?\(?$|\($/.exec(text.slice(Math.max(0, start - 4), start))?.[0] ?? '';
}

/** 1 when the number begins in a bracket that closes inside it. */
function bracketBefore(text: string, start: number, end: number): number {
  return text.charAt(start - 1) === '(' && text.slice(start, end).includes(')') ? 1 : 0;
}

function withoutZeros(groups: DigitRun): DigitRun {
  const [first, ...rest] = groups;
  return first === undefined ? groups : [{ ...first, digits: first.digits.replace(/^00/, '') }, ...rest];
}

/** All groups, or the first few of them: what follows the number may be another number. `(0)` after the country code is not dialled. */
function international(groups: DigitRun, rules: PhoneRules): Found | undefined {
  for (let count = groups.length; count > 0; count -= 1) {
    const dialled = groups.slice(0, count).filter(({ digits }, index) => !(index === 1 && digits === '0'));
    const digits = digitsOf(dialled);
    if (digits.length < 7) return undefined;
    if (/^[1-9]/.test(digits) && rules.isPossible(`+${digits}`)) return { count, confidence: 0.95 };
  }
  return undefined;
}

/** With a plus and in groups, or under its name: no country has numbers of that length, and yet it is meant for one. */
function mistyped(groups: DigitRun, isCalled: Labels): Found | undefined {
  const { length } = digitsOf(groups);
  const isMeant = groups.length > 1 || isCalled((groups[0]?.start ?? 0) - 1, named);
  return isMeant && length >= 9 && length <= 15 ? { count: groups.length, confidence: 0.65 } : undefined;
}

function national(groups: DigitRun, isCalled: Labels, rules: PhoneRules): Found | undefined {
  const start = groups[0]?.start ?? 0;
  const isNamed = isCalled(start, named);
  for (let count = groups.length; count > 0; count -= 1) {
    const digits = digitsOf(groups.slice(0, count));
    if (digits.length < 6) break;
    if ((count > 1 || isNamed) && rules.isDialledHere(digits)) return { count, confidence: isNamed ? 0.98 : 0.85 };
  }
  const shape = shapeOf(groups);
  if (shape !== undefined) {
    if (isNamed) return { ...shape, confidence: 0.95 };
    return isCalled(start, otherwise) ? undefined : shape;
  }
  if (!isNamed || looksLikeDate(groups)) return undefined;
  for (let count = groups.length; count > 0; count -= 1) {
    const digits = digitsOf(groups.slice(0, count));
    if (digits.length < 7) return undefined;
    if (groups.slice(1, count).every((group) => group.digits.length >= 2)) return { count, confidence: 0.8 };
  }
  return undefined;
}

/** The ways in which numbers are grouped where they are dialled without a country code. */
function shapeOf(groups: DigitRun): Found | undefined {
  const northAmerican = groups[0]?.digits === '1' ? groups.slice(1) : groups;
  const lead = groups.length - northAmerican.length;
  const [area, exchange, line] = northAmerican.map(({ digits }) => digits);
  if (
    area?.length === 3 &&
    exchange?.length === 3 &&
    line?.length === 4 &&
    /^[2-9]/.test(area) &&
    isEven(northAmerican.slice(0, 3))
  ) {
    const gap = northAmerican[2]?.gap;
    return { count: lead + 3, confidence: gap === ' ' && northAmerican[1]?.gap === ' ' ? 0.7 : 0.85 };
  }
  if (groups.length > 2 && /^[78]$/.test(groups[0]?.digits ?? '') && groups[1]?.gap.endsWith('(') === true) {
    const rest = shapeOf(groups.slice(1));
    return rest === undefined ? undefined : { ...rest, count: rest.count + 1 };
  }
  const lengths = groups.map(({ digits }) => digits.length);
  const isBracketed = groups[1]?.gap.startsWith(')') === true && (lengths[0] ?? 0) <= 5;
  const hasTrunkZero = /^0[1-9]\d{0,3}$/.test(groups[0]?.digits ?? '');
  if (!isBracketed && !hasTrunkZero) return undefined;
  // Five digits and four with a dash are an American postal code.
  if (looksLikeDate(groups) || (lengths.join('-') === '5-4' && groups[1]?.gap === '-')) return undefined;
  for (let count = Math.min(groups.length, 6); count > 1; count -= 1) {
    const digits = lengths.slice(0, count).reduce((sum, length) => sum + length, 0);
    const isLong = digits >= (isBracketed ? 8 : 9) && digits <= 12;
    if (isLong && lengths.slice(1, count).every((length) => length >= 2 && length <= 8))
      return { count, confidence: isBracketed ? 0.8 : 0.75 };
  }
  return undefined;
}

/** Gaps of one kind, but for the one behind an area code. */
function isEven(groups: DigitRun): boolean {
  const [, second, third] = groups.map(({ gap }) => gap);
  return second === third || /[)/]/.test(second ?? '') || third === '-';
}

function looksLikeDate(groups: DigitRun): boolean {
  const [first = '', second = '', third = ''] = groups.map(({ digits }) => digits);
  const isYear = (digits: string): boolean => /^(?:19|20)\d\d$/.test(digits);
  const isPart = (digits: string): boolean => digits.length <= 2 && Number(digits) <= 31;
  return (isPart(first) && isPart(second) && isYear(third)) || (isYear(first) && isPart(second) && isPart(third));
}
