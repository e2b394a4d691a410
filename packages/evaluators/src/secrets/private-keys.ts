import type { Finding } from '../findings/finding.ts';

/** A key with its certificate chain is a few kilobytes; more than this is not one key. */
const longest = 20_000;

const head = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
/** What a key is written in: base64, armour headers, line ends in any writing. */
const body = /^(?:[A-Za-z0-9+/=\s]|\\[nr]|[\w-]{1,30}: [^\n\\]{0,80}|["',+]){40,}/;
const putty = /PuTTY-User-Key-File-\d: /g;

/** Blocks in PEM, OpenSSH, PGP and PuTTY form; a heading without a key under it is none. Unfinished blocks count. */
export function findPrivateKeys(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  let end = -1;
  for (const match of text.matchAll(head)) {
    const from = match.index + match[0].length;
    if (end < from) end = endOfBlock(text, from);
    const stop = Math.min(end, from + longest, text.length);
    const content = body.exec(text.slice(from, Math.min(stop, from + 4000)))?.[0] ?? '';
    if (content.replace(/\\[nr]|\s/g, '').length < 40) continue;
    findings.push({
      type: 'PRIVATE_KEY',
      start: match.index,
      end: end <= stop ? end : from + content.length,
      confidence: 1,
    });
  }
  for (const match of text.matchAll(putty)) {
    const lines = /Private-Lines: \d{1,3}\s{1,2}(?:[A-Za-z0-9+/=]{1,80}\s{1,2}){1,100}/.exec(
      text.slice(match.index, match.index + 8000),
    );
    if (lines === null) continue;
    findings.push({
      type: 'PRIVATE_KEY',
      start: match.index,
      end: match.index + lines.index + lines[0].trimEnd().length,
      confidence: 1,
    });
  }
  // A key in JSON: its private part is called `d`, or `k` where there is one part alone.
  if (text.includes('"kty"')) {
    for (const match of text.matchAll(/"(?:d|k)"\s{0,4}:\s{0,4}"(?<secret>[\w-]{40,1400})"/g)) {
      const start = match.index + match[0].length - 1 - (match.groups?.['secret'] ?? '').length;
      findings.push({ type: 'PRIVATE_KEY', start, end: match.index + match[0].length - 1, confidence: 0.95 });
    }
  }
  return findings;
}

/** Behind the first `-----END …-----` from here; beyond the text when there is none. */
function endOfBlock(text: string, from: number): number {
  const at = text.indexOf('-----END ', from);
  if (at === -1) return Infinity;
  const close = text.indexOf('-----', at + 9);
  return close === -1 || close > at + 60 ? Infinity : close + 5;
}
