import { isIPv6 } from 'node:net';
import type { Finding } from '../findings/finding.ts';

const version4 =
  /(?<![\p{L}\d.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\p{L}\d]|\.\d)/gu;
const version6 = /(?<![\p{L}\d:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?![\p{L}\d:]|\.\d)/giu;

/** Four numbers that count versions, sections or objects, not machines. */
const versionBefore =
  /(?:\bv|\bver(?:sion)?s?|release|build|firmware|driver|kernel|update|upgrade|patch|section|chapter|clause|table|figure|appendix|article|§|paragraph|oid|\bec|upgrad\p{L}{1,4} from|\bto|[\p{L}]\/)[\s:.=v]{0,3}$/iu;
const versionWord = /(?:version|release|firmware|upgrade|chapter|section)/i;

/** Loopback, unspecified, broadcast and net masks say nothing about anyone. */
const nobody = /^(?:127\.|0\.0\.0\.0$|255\.|::1?$)/;

export function findIpAddresses(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(version4)) {
    const before = text.slice(Math.max(0, match.index - 24), match.index);
    if (nobody.test(match[0])) continue;
    if (versionBefore.test(before) && (versionWord.test(before) || !/\bto\s*$/i.test(before))) continue;
    findings.push({ type: 'IP_ADDRESS', start: match.index, end: match.index + match[0].length, confidence: 0.95 });
  }
  for (const match of text.matchAll(version6)) {
    const address = match[0];
    // `a::b` is code as often as it is an address; a digit or a third group settles it.
    const isCode = !/\d/.test(address) && address.split(':').filter((part) => part !== '').length < 3;
    if (isCode || nobody.test(address) || !isIPv6(address)) continue;
    findings.push({ type: 'IP_ADDRESS', start: match.index, end: match.index + address.length, confidence: 0.95 });
  }
  return findings;
}
