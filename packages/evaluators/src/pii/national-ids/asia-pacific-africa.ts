import { digitAt, isDay, passesLuhn, passesVerhoeff, weighted } from '../checksums.ts';
import { called } from './national-id.ts';
import type { NationalId } from './national-id.ts';

export const asianPacificAfricanIds: readonly NationalId[] = [
  {
    type: 'IN_AADHAAR',
    pattern: /[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}/g,
    isRight: (plain) => passesVerhoeff(plain),
    named: called('aadhaa?r|uidai|uid\\b|आधार'),
    alone: 0.6,
    groupedAlone: true,
  },
  {
    type: 'IN_PAN',
    pattern: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/gi,
    isRight: (_, written) => written === written.toUpperCase() || written === written.toLowerCase(),
    named: called(String.raw`\bpan\b|permanent account`),
    alone: 0.75,
  },
  {
    type: 'CN_RESIDENT_ID',
    pattern: /[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]/gi,
    isRight: (plain) =>
      '10X98765432'.charAt(weighted(plain, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11) ===
      plain.at(-1),
    named: called('身份证|resident id|id card'),
    alone: 0.95,
  },
  {
    type: 'KR_RRN',
    pattern: /\d{6}-?[1-8]\d{6}/g,
    isRight: (plain, written) => isDay(plain.slice(0, 6), 'ymd') && written.includes('-'),
    named: called('주민등록번호|rrn|resident registration'),
    alone: 0.8,
  },
  {
    type: 'JP_MY_NUMBER',
    pattern: /\d{4}[ -]?\d{4}[ -]?\d{4}/g,
    isRight: (plain) => {
      const rest = weighted(plain, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
      return (rest <= 1 ? 0 : 11 - rest) === digitAt(plain, 11);
    },
    named: called('マイナンバー|個人番号|my number'),
  },
  {
    type: 'SG_NRIC',
    pattern: /[STFGM]\d{7}[A-Z]/gi,
    isRight: (plain) => {
      const series = plain.charAt(0);
      const sum =
        weighted(plain.slice(1), [2, 7, 6, 5, 4, 3, 2]) +
        (series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0);
      const letters = 'ST'.includes(series) ? 'JZIHGFEDCBA' : series === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK';
      const place = series === 'M' ? 10 - (sum % 11) : sum % 11;
      return letters.charAt(place) === plain.charAt(8);
    },
    named: called('nric|\\bfin\\b'),
    alone: 0.9,
  },
  {
    type: 'HK_ID',
    pattern: /[A-Z]{1,2}\d{6} ?\([\dA]\)/g,
    named: called('hkid|hong kong id|身份證'),
    alone: 0.8,
  },
  {
    type: 'AU_TFN',
    pattern: /\d{3}[ -]?\d{3}[ -]?\d{3}/g,
    isRight: (plain) => weighted(plain, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    named: called('tfn|tax file'),
  },
  {
    type: 'AU_MEDICARE',
    pattern: /[2-6]\d{3}[ -]?\d{5}[ -]?\d(?:[ -/]?\d)?/g,
    isRight: (plain) => weighted(plain, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(plain, 8),
    named: called('medicare'),
  },
  {
    type: 'NZ_IRD',
    pattern: /\d{2,3}[ -]?\d{3}[ -]?\d{3}/g,
    named: called(String.raw`\bird\b`),
  },
  {
    type: 'TH_ID',
    pattern: /[1-8][ -]?\d{4}[ -]?\d{5}[ -]?\d{2}[ -]?\d/g,
    isRight: (plain) =>
      (11 - (weighted(plain, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(plain, 12),
    named: called('เลขประจำตัว|thai id|id card|national id'),
  },
  {
    type: 'ZA_ID',
    pattern: /\d{6}[ ]?\d{4}[ ]?[01][89]\d/g,
    isRight: (plain) => isDay(plain.slice(0, 6), 'ymd') && passesLuhn(plain),
    named: called('id number|identity|south african id|rsa id'),
    alone: 0.75,
    groupedAlone: true,
  },
  {
    type: 'IL_ID',
    pattern: /\d{9}/g,
    isRight: passesLuhn,
    named: called('teudat zehut|תעודת זהות|israeli id|ת\\.ז'),
  },
];
