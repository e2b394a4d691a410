/**
 * Addresses that carry data out: those with something in them that does not
 * belong there, and those that are fetched as soon as the text is shown
 * (images, styles, frames), which tell the far side that it was, to whom, and
 * whatever is written into them.
 */
import type { Finding } from '../findings/finding.ts';
import { address, hostOf } from '../text/hosts.ts';
import { carriedData } from './carried-data.ts';
import type { Known } from './carried-data.ts';

export type ExfiltrationOptions = {
  /** Hosts that may be told anything. */
  readonly isTrusted: (host: string | undefined) => boolean;
  /** Every other host is one too many. */
  readonly trustedOnly: boolean;
  readonly isKnown: Known;
};

/** What stands before an address that is fetched when the text is shown. */
const fetched =
  /(?:!\[[^\]\n]{0,300}\]\(\s{0,4}<?|<(?:img|image|iframe|frame|embed|object|audio|video|source|track|script|link|input|body|table|td|use|portal)\b[^<>]{0,300}?(?:src|srcset|href|data|background|poster|xlink:href)\s{0,3}=\s{0,3}["']?|\burl\(\s{0,4}["']?|@import\s{1,4}["']?|<meta\b[^<>]{0,200}?\d{1,6}\s{0,3};\s{0,3}url\s{0,3}=\s{0,3}["']?)$/i;
/** A program that sends, and behind the address what a command prints or a file holds. */
const sends = /\b(?:curl|wget|https?ie|xh|nc|ncat|iwr|irm|invoke-(?:webrequest|restmethod))\b/i;
const attached =
  /^(?:[=&?]|.\?)`[^`\n]{1,200}`|\$\([^)\n]{1,200}\)|\s(?:-d|-F|-T|--data(?:-\w{1,12})?|--form|--upload-file|--post-file)[\s=]{0,3}["']?(?:[\w.-]{1,60}=)?@?(?:~|\/|\.{1,2}\/|\.env|[\w-]{1,60}\.(?:env|pem|key|sqlite|db|csv|json))/i;
/** Code that puts together an address and what nobody outside should have. */
const appended =
  /^.["'`]\s{0,3}[+.,]\s{0,3}(?:(?:encodeURIComponent|btoa|escape|urlencode|quote|base64_encode|JSON\.stringify)\(\s{0,3})*(?:document\.cookie|(?:window\.)?(?:local|session)Storage|process\.env|os\.environ|getenv|\$_(?:COOKIE|SESSION|ENV)|\w{0,20}(?:conversation|chat_?history|secret|password|cookie|credential|api_?key|private_?key)\w{0,20})/i;
const definition = /^[ \t]{0,3}\[(?<name>[^\]\n]{1,100})\]:\s{0,4}<?$/;
const imageByName = /!\[(?<alt>[^\]\n]{0,300})\](?:\[(?<name>[^\]\n]{0,100})\])?(?!\()/g;
const reach = 340;

export function findExfiltration(
  text: string,
  { isTrusted, trustedOnly, isKnown }: ExfiltrationOptions,
): readonly Finding[] {
  const findings: Finding[] = [];
  let names: ReadonlySet<string> | undefined;
  for (const match of text.matchAll(address)) {
    const written = match[0].replace(/[.,;:!?]+$/, '');
    const host = hostOf(written);
    if (isTrusted(host) || isLocal(host)) continue;
    const before = text.slice(Math.max(0, match.index - reach), match.index);
    names ??= imageNamesIn(text);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const name = definition.exec(line)?.groups?.['name']?.toLowerCase();
    const isFetched = fetched.test(before) || (name !== undefined && names.has(name));
    // From its last character on, which a command in its query leans on.
    const end = match.index + written.length;
    const after = text.slice(end - 1, end + reach).split('\n', 1)[0] ?? '';
    const isAdded = appended.test(after) || (sends.test(line) && attached.test(after));
    const carried = Math.max(carriedData(written, isKnown), isAdded ? 0.8 : 0);
    const wasGiven = isKnown(written);
    // What was given word for word carries nothing that was not there: unless it is a trap, which its data shows.
    const data = wasGiven ? carried * 0.5 : carried;
    const shown = isFetched ? (/[?#]./.test(written) ? 0.8 : 0.6) * (wasGiven ? 0.6 : 1) : 0;
    const confidence = Math.max(
      isFetched ? Math.min(1, data + (data > 0 ? 0.05 : 0)) : data,
      shown,
      trustedOnly ? 0.7 : 0,
    );
    if (confidence === 0) continue;
    const type = data >= 0.5 ? 'DATA_IN_URL' : isFetched ? 'FETCHED_URL' : trustedOnly ? 'FOREIGN_HOST' : 'DATA_IN_URL';
    findings.push({ type, start: match.index, end: match.index + written.length, confidence });
  }
  return findings;
}

/** Names by which the text shows images whose addresses stand elsewhere: `![logo][1]`. */
function imageNamesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { groups } of text.matchAll(imageByName))
    names.add((groups?.['name'] || groups?.['alt'] || '').toLowerCase());
  return names;
}

function isLocal(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}
