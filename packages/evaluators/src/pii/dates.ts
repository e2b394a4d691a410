/** Days as people and machines write them, and those of them that are dates of birth by what stands before them. */
import type { Finding } from '../findings/finding.ts';
import type { Labels } from './label-before.ts';

const months =
  'jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar|r)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|[cç]o)?|m(?:ä|a)rz|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mayo|maggio|maio|mei|june?|juni|juin|junio|giugno|junho|july?|juli|juillet|julio|luglio|julho|aug(?:ust|ustus)?|ao(?:û|u)t|ago(?:sto)?|sep(?:t(?:ember|embre)?|tiembre)?|set(?:tembre|embro)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?|nov(?:ember|embre|iembre|embro)?|dec(?:ember|embre)?|d[ée]c(?:embre)?|dez(?:ember|embro)?|dic(?:iembre|embre)?|enero|febrero|gennaio|febbraio|januari|februari|maart|augusti';
const day = String.raw`(?:0?[1-9]|[12]\d|3[01])`;
const month = String.raw`(?:0?[1-9]|1[0-2])`;
const year = String.raw`(?:1[89]|20)\d\d`;

const patterns: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\d.,/-])${year}(?<sep>[-/.])${month}\k<sep>${day}(?!\d|[-/.]\d)`, 'g'),
  new RegExp(
    String.raw`(?<![\d.,/-])(?:${day}|${month})(?<sep>[-/.]|\. ?)(?:${day}|${month})\k<sep>(?:${year}|\d\d)(?!\d|[-/.,]\d)`,
    'g',
  ),
  new RegExp(String.raw`(?<![\p{L}\d])(?:${months})\.? ${day}(?:st|nd|rd|th)?,? ${year}(?!\d)`, 'giu'),
  new RegExp(
    String.raw`(?<![\d.,])${day}(?:st|nd|rd|th|er|º|\.)?(?: of| de|-)? ?(?:${months})\.?,?(?: de| del)?[ -]${year}(?!\d)`,
    'giu',
  ),
  new RegExp(String.raw`(?<![\d.,])(?:${year}年${month}月${day}日|${year} (?:${months}) ${day})(?!\d)`, 'giu'),
];

const birth =
  /(?:\bd\.?\s?o\.?\s?b\b|birth|born|\bgeb(?:oren|urtsdatum|\.)?|geburts|naissance|\bn[ée]e?\s+(?:le|en)|nacid[oa]|nacimiento|nascimento|nascid[oa]|nascita|\bnat[oa]\b|geboorte|f(?:ö|o)dd|f(?:ø|o)dt|syntynyt|urodz|narozen|n[aá]sc|рожд|生年月日|出生|bday|b-day)[^\d\n]{0,32}$/iu;

/** @param wantsAll Every day, as DATE_TIME; else only days of birth. */
export function findDates(text: string, isCalled: Labels, wantsAll: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      if (!isDay(match[0])) continue;
      const [start, end] = [match.index, match.index + match[0].length];
      if (isCalled(start, birth)) findings.push({ type: 'DATE_OF_BIRTH', start, end, confidence: 0.9 });
      if (wantsAll) findings.push({ type: 'DATE_TIME', start, end, confidence: 0.8 });
    }
  }
  return findings;
}

/** `31/31/2020` and the version `1.2.34` are none. */
function isDay(text: string): boolean {
  const numbers = text.match(/\d+/g) ?? [];
  if (numbers.length < 3 || /\p{L}/u.test(text)) return true;
  const parts = numbers.filter((number) => number.length <= 2).map(Number);
  const isShort = numbers.every((number) => number.length <= 2);
  if (isShort && text.includes('.') && numbers.some((number) => number.length < 2)) return false;
  return parts.slice(0, 2).some((part) => part <= 12);
}
