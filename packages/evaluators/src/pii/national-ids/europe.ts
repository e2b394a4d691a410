import { digitAt, isDay, passesLuhn, passesModulo11And10, weighted } from '../checksums.ts';
import { called } from './national-id.ts';
import type { NationalId } from './national-id.ts';

export const europeanIds: readonly NationalId[] = [
  {
    type: 'UK_NINO',
    pattern: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]/gi,
    isRight: (_, written) => /^[A-Z]{2}.*[A-Z]$/.test(written) || /^[a-z]{2}.*[a-z]$/.test(written),
    named: called(String.raw`\bni\b(?: number| no\.?|nr)?|nino|national insurance`),
    alone: 0.85,
  },
  {
    type: 'UK_NHS',
    pattern: /\d{3}[ -]?\d{3}[ -]?\d{4}/g,
    isRight: (plain) => (11 - (weighted(plain, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitAt(plain, 9),
    named: called('nhs|health service'),
  },
  {
    type: 'ES_NIF',
    pattern: /(?:\d{1,2}[. ]?\d{3}[. ]?\d{3}|[XYZ][ -]?\d{7})[ -]?[A-HJ-NP-TV-Z]/gi,
    isRight: (plain) => {
      const number = Number(plain.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))));
      return plain.length === 9 && 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(number % 23) === plain.at(-1);
    },
    named: called(String.raw`\bdni\b|\bnif\b|\bnie\b|identidad`),
    alone: 0.85,
  },
  {
    type: 'IT_FISCAL_CODE',
    pattern: /[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]/gi,
    isRight: isFiscalCode,
    named: called('codice fiscale|fiscal code|cod\\. ?fisc'),
    alone: 0.95,
  },
  {
    type: 'FR_NIR',
    pattern: /[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}/gi,
    isRight: (plain) => {
      const number = plain.slice(0, 13).replace(/2A/, '19').replace(/2B/, '18');
      return 97 - Number(BigInt(number) % 97n) === Number(plain.slice(13));
    },
    named: called('nir|s[ée]curit[ée] sociale|insee|num[ée]ro de s[ée]cu'),
    alone: 0.9,
  },
  {
    type: 'DE_TAX_ID',
    pattern: /[1-9]\d[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}/g,
    isRight: passesModulo11And10,
    named: called('steuer[\\p{L} -]{0,24}|tax(?:payer)? ?(?:id|number)|idnr|tin\\b'),
  },
  {
    type: 'DE_SOCIAL_SECURITY',
    pattern: /\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}/g,
    isRight: (plain) => isDay(plain.slice(2, 8), 'dmy') && isGermanInsurance(plain),
    named: called('sozialversicherung[\\p{L} -]{0,24}|rentenversicherung[\\p{L} -]{0,24}|sv-?nummer|rvnr'),
    alone: 0.85,
  },
  {
    type: 'NL_BSN',
    pattern: /\d{4}[ .]?\d{2}[ .]?\d{3}/g,
    isRight: (plain) => Number(plain) > 0 && weighted(plain, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    named: called('bsn|burgerservice\\p{L}{0,12}|sofi'),
  },
  {
    type: 'BE_NRN',
    pattern: /\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. -]?\d{2}/g,
    isRight: (plain) =>
      isDay(plain.slice(0, 6), 'ymd') &&
      [plain.slice(0, 9), `2${plain.slice(0, 9)}`].some(
        (number) => 97 - (Number(number) % 97) === Number(plain.slice(9)),
      ),
    named: called('rijksregister\\p{L}{0,12}|registre national|nrn|niss|insz'),
    alone: 0.8,
    groupedAlone: true,
  },
  {
    type: 'CH_AHV',
    pattern: /756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}/g,
    isRight: (plain) => (10 - (weighted(plain, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === digitAt(plain, 12),
    named: called('ahv|avs|oasi|sozialversicherung\\p{L}{0,12}'),
    alone: 0.95,
  },
  {
    type: 'AT_SVNR',
    pattern: /[1-9]\d{3}[ ]?\d{6}/g,
    isRight: (plain) =>
      isDay(plain.slice(4), 'dmy') && weighted(plain, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(plain, 3),
    named: called('sozialversicherung\\p{L}{0,12}|svnr|sv-nr|versicherungsnummer'),
  },
  {
    type: 'PT_NIF',
    pattern: /[1235689]\d{2}[ ]?\d{3}[ ]?\d{3}/g,
    isRight: (plain) => {
      const rest = weighted(plain, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return (rest < 2 ? 0 : 11 - rest) === digitAt(plain, 8);
    },
    named: called('nif|contribuinte|fiscal'),
  },
  {
    type: 'PL_PESEL',
    pattern: /\d{11}/g,
    isRight: (plain) =>
      isDay(plain.slice(0, 2) + String(Number(plain.slice(2, 4)) % 20).padStart(2, '0') + plain.slice(4, 6), 'ymd') &&
      weighted(plain, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    named: called('pesel'),
    alone: 0.55,
  },
  {
    type: 'SE_PERSONNUMMER',
    pattern: /(?:19|20)?\d{6}[-+]?\d{4}/g,
    isRight: (plain, written) => {
      const ten = plain.slice(-10);
      return isDay(ten.slice(0, 6), 'ymd') && passesLuhn(ten) && (plain.length === 12 || /[-+]/.test(written));
    },
    named: called('person(?:nummer|nr)|samordningsnummer'),
    alone: 0.8,
  },
  {
    type: 'FI_HETU',
    pattern: /\d{6}[-+ABCDEFUVWXY]\d{3}[0-9A-FHJ-NPR-Y]/gi,
    isRight: (_, written) => {
      const number = Number(written.slice(0, 6) + written.slice(7, 10));
      return (
        isDay(written.slice(0, 6), 'dmy') &&
        '0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(number % 31) === written.slice(10).toUpperCase()
      );
    },
    named: called('hetu|henkil\\p{L}{0,16}'),
    alone: 0.9,
  },
  {
    type: 'NO_FNR',
    pattern: /\d{6}[ ]?\d{5}/g,
    isRight: (plain) =>
      isDay(String(Number(plain.slice(0, 2)) % 40).padStart(2, '0') + plain.slice(2, 6), 'dmy') &&
      weighted(plain, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
      weighted(plain, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    named: called('f(?:ø|o)dselsnummer|personnummer|fnr\\b|d-nummer'),
    alone: 0.75,
  },
  {
    type: 'DK_CPR',
    pattern: /\d{6}-?\d{4}/g,
    isRight: (plain) => isDay(plain.slice(0, 6), 'dmy'),
    named: called('cpr|personnummer'),
  },
  {
    type: 'CZ_RODNE_CISLO',
    pattern: /\d{6}\/\d{3,4}/g,
    isRight: (plain) => {
      const month = Number(plain.slice(2, 4)) % 50;
      const isRightDay = isDay(
        plain.slice(0, 2) + String(month > 20 ? month - 20 : month).padStart(2, '0') + plain.slice(4, 6),
        'ymd',
      );
      return isRightDay && (plain.length === 9 || Number(plain) % 11 === 0);
    },
    named: called('rodn[ée] č[íi]slo|rodn[ée]|r\\.?č\\.?'),
    alone: 0.8,
  },
  {
    type: 'RO_CNP',
    pattern: /[1-9]\d{12}/g,
    isRight: (plain) => {
      const rest = weighted(plain, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
      return isDay(plain.slice(1, 7), 'ymd') && (rest === 10 ? 1 : rest) === digitAt(plain, 12);
    },
    named: called('cnp|cod numeric'),
    alone: 0.6,
  },
  {
    type: 'GR_AMKA',
    pattern: /\d{11}/g,
    isRight: (plain) => isDay(plain.slice(0, 6), 'dmy') && passesLuhn(plain),
    named: called('amka|αμκα'),
  },
  {
    type: 'HR_OIB',
    pattern: /\d{11}/g,
    isRight: passesModulo11And10,
    named: called('oib'),
  },
  {
    type: 'IE_PPS',
    pattern: /\d{7}[A-W][A-IW]?/gi,
    isRight: (plain) => {
      const extra = plain.length > 8 ? (plain.charCodeAt(8) - 64) % 23 : 0;
      return (
        'WABCDEFGHIJKLMNOPQRSTUV'.charAt((weighted(plain, [8, 7, 6, 5, 4, 3, 2]) + 9 * extra) % 23) === plain.charAt(7)
      );
    },
    named: called('pps(?:n)?|public service number'),
    alone: 0.7,
  },
  {
    type: 'TR_TCKN',
    pattern: /[1-9]\d{10}/g,
    isRight: (plain) => {
      const odd = weighted(plain, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
      const even = weighted(plain, [0, 1, 0, 1, 0, 1, 0, 1]);
      const tenth = (((odd * 7 - even) % 10) + 10) % 10;
      return tenth === digitAt(plain, 9) && weighted(plain, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 === digitAt(plain, 10);
    },
    named: called('t\\.?c\\.? ?kimlik|kimlik|tckn'),
    alone: 0.6,
  },
  {
    type: 'BG_EGN',
    pattern: /\d{10}/g,
    isRight: (plain) => (weighted(plain, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(plain, 9),
    named: called('egn|егн'),
  },
  {
    type: 'UK_DRIVER_LICENCE',
    pattern: /[A-Z]{1,5}9{0,4}\d(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}\d[A-Z]{2}/g,
    isRight: (plain) => plain.length === 16,
    named: called('driv\\p{L}{1,6} licen[cs]e|licen[cs]e'),
    alone: 0.9,
  },
];

const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isFiscalCode(plain: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index += 1) {
    const value = Number.parseInt(plain.charAt(index), 36);
    const place = value > 9 ? value - 10 : value;
    sum += index % 2 === 1 ? place : (oddValues[place] ?? 0);
  }
  return sum % 26 === plain.charCodeAt(15) - 65;
}

function isGermanInsurance(plain: string): boolean {
  const letter = String(plain.charCodeAt(8) - 64).padStart(2, '0');
  const digits = plain.slice(0, 8) + letter + plain.slice(9, 11);
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  const sum = weights.reduce((total, weight, index) => {
    const product = weight * digitAt(digits, index);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 10 === digitAt(plain, 11);
}
