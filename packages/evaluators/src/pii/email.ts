/**
 * E-mail addresses, around each `@` and around what people and pages write for
 * one: `anna (at) acme (dot) org`, `anna%40acme.org`, `anna&#64;acme.org`.
 */
import type { Finding } from '../findings/finding.ts';

const sign =
  /@|%40|&#0{0,3}64;|&commat;|\s?[[({<]\s?(?:at|@|ät|arroba|chez)\s?[\])}>]\s?|\s(?:at|AT|arroba)\s(?=[\p{L}\d-]{1,63}\s{0,2}(?:\.|[[({]?\s?(?:dot|punkt|punto|point)\b))/giu;
const dot = String.raw`(?:\.|\s?[[({<]\s?(?:dot|\.|punkt|punto|point)\s?[\])}>]\s?|\s(?:dot|punkt|punto)\s)`;
const label = String.raw`[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?`;
const host = new RegExp(`^${label}(?:${dot}${label}){1,8}`, 'iu');
const local = /(?:"[^"\n]{1,62}"|[\p{L}\d_.+%'!#$&*/=?^`{|}~-]{1,64})$/u;
const spelledLocal = new RegExp(String.raw`[\p{L}\d_+-]{1,40}(?:${dot}[\p{L}\d_+-]{1,40}){0,4}$`, 'iu');
const longestHost = 255;

export function findEmails(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(sign)) {
    const isSpelled = match[0].length > 1 && !/^[%&]/.test(match[0]);
    const before = text.slice(Math.max(0, match.index - 66), match.index);
    // The password of a URL, and the host behind it.
    if (/:\/\/[^\s/@]{0,60}:[^\s/@]{0,60}$/.test(before)) continue;
    const name = isSpelled ? spelledLocal.exec(before)?.[0] : trimmedLocal(local.exec(before)?.[0] ?? '', match[0]);
    if (name === undefined || name === '' || before.at(-name.length - 1) === '@') continue;
    const from = match.index + match[0].length;
    const domain = trimmedHost(host.exec(text.slice(from, from + longestHost))?.[0] ?? '');
    if (
      domain === '' ||
      (!isSpelled && isNoMail(name, domain, text.slice(from + domain.length, from + domain.length + 2)))
    )
      continue;
    if (/^\s\p{L}+\s$/u.test(match[0]) && !isMeantAsMail(name, domain)) continue;
    findings.push({
      type: 'EMAIL_ADDRESS',
      start: match.index - name.length,
      end: from + domain.length,
      confidence: isSpelled ? 0.85 : 0.99,
    });
  }
  return findings;
}

/** Marks that may stand in a name, and that hardly ever begin one: they belong to what is around it. */
function trimmedLocal(name: string, at: string): string {
  if (name.startsWith('"')) return name;
  const own = name.slice(
    Math.max(
      ...["'", '=', '/', '`', '|', '{', '}', '&', '?', '!', '#', '$', '*', '^', '~'].map((mark) =>
        lastOutside(name, mark),
      ),
    ) + 1,
  );
  const plain = at === '@' ? own : own.replace(/^.*%(?:20|3A|3D|2C|3C)/i, '');
  return plain.replace(/^[.%+-]+/, '').replace(/\.+$/, '');
}

/** An apostrophe inside a name is a letter of it: `o'brien`. */
function lastOutside(name: string, mark: string): number {
  const at = name.lastIndexOf(mark);
  if (mark !== "'" || at <= 0) return at;
  return /^\p{L}'\p{L}/u.test(name.slice(at - 1, at + 2)) && name.indexOf("'") === at && at <= 2 ? -1 : at;
}

function trimmedHost(domain: string): string {
  const ending = /(?:^|[.\s\])}>])(?<last>[\p{L}\d-]+)$/u.exec(domain)?.groups?.['last'] ?? '';
  if (/^(?:\p{L}{2,63}|xn--[\w-]{2,59})$/u.test(ending)) return domain;
  // `a@b.com.2` and `a@b.com-x`: as far as it is a host.
  const shorter = /^(?<host>.*\p{L}{2,63})(?:\.|\s?[[({]).*$/u.exec(domain)?.groups?.['host'];
  return shorter !== undefined && /[.\s]\P{L}?\p{L}{2,63}$/u.test(shorter) ? shorter : '';
}

/** `icon@2x.png`, `git@github.com:a/b`, `me@host.example:/srv`: an image, a repository, a path on a machine. */
function isNoMail(name: string, domain: string, after: string): boolean {
  return (
    /^\d(?:\.\d)?x\./i.test(domain) ||
    (name === 'git' && /^[:/]/.test(after)) ||
    /^:[/~]/.test(after) ||
    /\.(?:png|jpe?g|gif|svg|webp|js|ts|css)$/i.test(domain)
  );
}

const endings =
  /\b(?:com|org|net|edu|gov|mil|int|info|biz|io|ai|dev|app|co|uk|de|fr|es|nl|pl|se|no|dk|fi|ch|eu|ca|au|nz|jp|cn|ru|br|mx|ar|za|ke|ng|ie|pt|gr|cz|hu|ro|tr|il|ua|kr|sg|hk|example|test)$/i;
const ordinary =
  /^(?:me|us|them|him|her|it|you|i|we|they|he|she|look|looked|meet|is|are|was|were|be|stay|here|there|live|lives|work|works|working|arrive|start|starts|end|point|available|found|up|down|out|in|not|and|or|now)$/i;

/** `anna at acme dot org` is an address, `meet me at noon dot it will do` is none. */
function isMeantAsMail(name: string, domain: string): boolean {
  return endings.test(domain) && !ordinary.test(name);
}
