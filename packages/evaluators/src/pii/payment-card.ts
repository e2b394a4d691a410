import type { Finding } from '../findings/finding.ts';
import { passesLuhn } from './checksums.ts';
import { digitsOf, gapsOf, standsAlone, windowsOf } from './digit-groups.ts';
import type { DigitRun } from './digit-groups.ts';
import type { Labels } from './label-before.ts';

/** Networks by what their numbers begin with, and how many digits these have. */
const networks: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 19]], // Discover
  [/^35(?:2[89]|[3-8])/, [16, 19]], // JCB
  [/^3(?:0[0-5]|[689])/, [14, 16]], // Diners Club
  [/^62|^81/, [16, 17, 18, 19]], // UnionPay
  [/^220[0-4]/, [16, 17, 18, 19]], // Mir
  [/^(?:60|508|353|356|82)/, [16]], // RuPay
  [/^(?:50(?:18|20|38|6|78)|5612|5893|6304|6390|67(?:59|6[1-3]))/, [16]], // Maestro and Verve, as most are
  [/^(?:636|6500|9792)/, [16]], // InterPayment, Elo, Troy
  [/^(?:50|5[6-9]|6)/, [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro
];

const named =
  /card|visa|master ?card|amex|american express|maestro|discover|diners|kredit|karte|carte|tarjeta|cart[ãa]o|carta|kort|pan\b|\bcc\b|debit|credit/i;

export function findPaymentCards(text: string, runs: readonly DigitRun[], isCalled: Labels): readonly Finding[] {
  return runs.flatMap((run) => {
    const findings: Finding[] = [];
    for (const groups of windowsOf(run, 12, 19, 7)) {
      const [first, last] = [groups[0], groups.at(-1)];
      if (first === undefined || last === undefined) continue;
      const digits = digitsOf(groups);
      if (!isInGroups(groups) || !passesLuhn(digits) || new Set(digits).size < 2) continue;
      const fits = networks.find(([head, lengths]) => head.test(digits) && lengths.includes(digits.length));
      if (fits === undefined || !standsAlone(text, first.start, last.end)) continue;
      const isCertain = fits[1].length < 8;
      const isNamed = isCalled(first.start, named);
      if (!isCertain && !isNamed) continue;
      const confidence = isNamed ? 0.99 : groups.length > 1 ? 0.95 : 0.85;
      findings.push({ type: 'CREDIT_CARD', start: first.start, end: last.end, confidence });
    }
    return findings;
  });
}

/** One row, or groups as cards have them: of four, or 4-6-5 and 4-6-4, with the same gap throughout. */
function isInGroups(groups: DigitRun): boolean {
  if (groups.length === 1) return true;
  if (new Set(gapsOf(groups)).size > 1 || !/^[ .-]$/.test(groups[1]?.gap ?? '')) return false;
  const lengths = groups.map(({ digits }) => digits.length);
  const fours = lengths.slice(0, -1).every((length) => length === 4) && (lengths.at(-1) ?? 0) <= 4;
  return fours || /^4,6,[45]$/.test(lengths.join(','));
}
