import type { Finding } from '../../findings/finding.ts';
import { standsAlone } from '../digit-groups.ts';
import type { Labels } from '../label-before.ts';
import { americanIds } from './americas.ts';
import { asianPacificAfricanIds } from './asia-pacific-africa.ts';
import { europeanIds } from './europe.ts';
import type { NationalId } from './national-id.ts';

export const nationalIds: readonly NationalId[] = [...americanIds, ...europeanIds, ...asianPacificAfricanIds];

/** Under its name a number is believed even where its check fails: numbers are mistyped, and older ones have none. */
const wrongButNamed = 0.6;

export function findNationalIds(text: string, isCalled: Labels, wanted: ReadonlySet<string>): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { type, pattern, isRight, named, alone, groupedAlone } of nationalIds) {
    if (!wanted.has(type)) continue;
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (!standsAlone(text, start, end)) continue;
      const plain = match[0].replace(/[ ./()-]/g, '').toUpperCase();
      const right = isRight?.(plain, match[0]) ?? true;
      const isNamed = isCalled(start, named);
      if (!isNamed && (goesOn(text, start, end) || (groupedAlone === true && plain.length === match[0].length)))
        continue;
      const confidence = right
        ? isNamed
          ? 0.97
          : alone
        : isNamed && /(?:\d\D{0,2}){6}/.test(match[0])
          ? wrongButNamed
          : undefined;
      if (confidence !== undefined) findings.push({ type, start, end, confidence });
    }
  }
  return findings;
}

/** Whether the groups of the number go on before or behind it: four and four and four of a longer number. */
function goesOn(text: string, start: number, end: number): boolean {
  const gap = /\d([ ./-])\d/.exec(text.slice(start, end))?.[1];
  if (gap === undefined) return false;
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  return (before.endsWith(gap) && /^\d/.test(before)) || (after.startsWith(gap) && /\d$/.test(after));
}
