import { digitAt, isDay, passesLuhn, weighted } from '../checksums.ts';
import { called } from './national-id.ts';
import type { NationalId } from './national-id.ts';

const modulo11 = (sum: number): number => (sum % 11 < 2 ? 0 : 11 - (sum % 11));

export const americanIds: readonly NationalId[] = [
  {
    type: 'US_SSN',
    pattern: /(?!000|666|9)\d{3}(?<gap>[- ]?)(?!00)\d{2}\k<gap>(?!0000)\d{4}(?!-[A-Za-z\d])/g,
    isRight: (plain, written) => written.includes('-') || plain !== '123456789',
    named: called(String.raw`\bssn\b|social sec\p{L}{0,8}|\bsoc\.? sec|\bss ?#|\bsin\b`),
    alone: 0.85,
    groupedAlone: true,
  },
  {
    type: 'US_ITIN',
    pattern: /9\d{2}[- ]?(?:5\d|6[0-5]|7\d|8[0-8]|9[0-2]|9[4-9])[- ]?\d{4}/g,
    named: called('itin|taxpayer id|individual taxpayer|tax id'),
  },
  {
    type: 'US_DRIVER_LICENSE',
    pattern:
      /(?:[A-Z]{1,2}[ -]?\d{3,4}[ -]?\d{3,4}(?:[ -]?\d{4,6})?|[A-Z]\d{6,14}|\d{7,12}|[A-Z]{3}\d{6}|\d{3} ?\d{3} ?\d{3})/g,
    named: called(
      String.raw`driv\p{L}{1,6}(?:'s|s)? ?licen[cs]es?|driver'?s? lic\.?|licen[cs]e|\bdl\b|driving permit|f(?:ü|u)hrerschein\p{L}{0,8}|permis de conduire|licencia de conducir|patente di guida`,
    ),
  },
  {
    type: 'PASSPORT',
    pattern: /[A-Z\d]{6,10}/g,
    isRight: (plain) => plain.replace(/\D/g, '').length >= 4,
    named: called('passport|reisepass\\p{L}{0,8}|passeport|pasaporte|passaporto|paspoort|passaporte'),
  },
  {
    type: 'CA_SIN',
    pattern: /\d{3}[- ]?\d{3}[- ]?\d{3}/g,
    isRight: passesLuhn,
    named: called(String.raw`\bsin\b|social insurance`),
  },
  {
    type: 'BR_CPF',
    pattern: /\d{3}\.?\d{3}\.?\d{3}-?\d{2}/g,
    isRight: (plain) =>
      new Set(plain).size > 1 &&
      modulo11(weighted(plain, [10, 9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(plain, 9) &&
      modulo11(weighted(plain, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(plain, 10),
    named: called('cpf'),
    alone: 0.75,
    groupedAlone: true,
  },
  {
    type: 'MX_CURP',
    pattern: /[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d/gi,
    isRight: (plain) => isDay(plain.slice(4, 10), 'ymd'),
    named: called('curp'),
    alone: 0.95,
  },
  {
    type: 'CL_RUT',
    pattern: /\d{1,2}\.?\d{3}\.?\d{3}-[\dK]/gi,
    isRight: (plain) => {
      let sum = 0;
      const body = plain.slice(0, -1);
      for (let index = 0; index < body.length; index += 1)
        sum += digitAt(body, body.length - 1 - index) * (2 + (index % 6));
      return '0123456789K0'.charAt(11 - (sum % 11)) === plain.at(-1);
    },
    named: called(String.raw`\brut\b|\brun\b`),
    alone: 0.8,
  },
  {
    type: 'AR_CUIL',
    pattern: /(?:20|23|24|27)-?\d{8}-?\d/g,
    isRight: (plain) => (11 - (weighted(plain, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitAt(plain, 10),
    named: called('cuil|cuit'),
    alone: 0.7,
    groupedAlone: true,
  },
];
