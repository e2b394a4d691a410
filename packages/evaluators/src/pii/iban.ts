import type { Finding } from '../findings/finding.ts';
import { modulo97 } from './checksums.ts';

/** Length of an IBAN by country: the registry of ISO 13616, and countries that use the form without standing in it. */
const lengths = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
   FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
   LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
   SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
   AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const head = /(?<![\p{L}\d])[A-Z]{2}\d{2}(?=[ .-]?[A-Z\d])/giu;

/** In one row or in groups, upper or lower case; the checksum decides. */
export function findIbans(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(head)) {
    const length = lengths.get(match[0].slice(0, 2).toUpperCase());
    if (length === undefined) continue;
    const end = endOf(text, match.index, length);
    if (end === undefined) continue;
    const plain = text.slice(match.index, end).replace(/[ .-]/g, '').toUpperCase();
    if (modulo97(plain.slice(4) + plain.slice(0, 4)) !== 1) continue;
    findings.push({ type: 'IBAN_CODE', start: match.index, end, confidence: 0.99 });
  }
  return findings;
}

/** Behind so many letters and digits with at most one blank, dash or dot between two; undefined when there are fewer, or more without a break. */
function endOf(text: string, start: number, length: number): number | undefined {
  let at = start;
  for (let count = 0; count < length; count += 1) {
    if (count > 0 && /[ .-]/.test(text.charAt(at))) at += 1;
    if (!/[A-Z\d]/i.test(text.charAt(at))) return undefined;
    at += 1;
  }
  return /[\p{L}\d]/u.test(text.charAt(at)) ? undefined : at;
}
