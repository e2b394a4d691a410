/**
 * Credentials in the forms that programs pass them in: URLs, `Authorization`
 * headers, options of a command line, cookies and `user:password` in base64.
 */
import { Buffer } from 'node:buffer';
import type { Finding } from '../findings/finding.ts';
import { urlCredentialsIn } from '../text/url-credentials.ts';
import { isPlaceholder } from './placeholder-value.ts';
import { looksLikePassword, looksLikeToken } from './value-shape.ts';

export function findCredentials(text: string): readonly Finding[] {
  return [...inUrls(text), ...inHeaders(text), ...inBasicAuth(text), ...inOptions(text), ...inCookies(text)];
}

function inUrls(text: string): readonly Finding[] {
  return urlCredentialsIn(text)
    .filter(
      ({ user, password }) =>
        !isPlaceholder(password) && password.toLowerCase() !== user.toLowerCase() && password.length >= 4,
    )
    .map(({ passwordStart, end }) => ({ type: 'PASSWORD', start: passwordStart, end, confidence: 0.95 }));
}

const bearer = /\b(?:Bearer|Token|ApiKey)\s{1,3}(?<secret>[A-Za-z0-9_\-.~+/]{16,2000}={0,2})/gi;

function inHeaders(text: string): readonly Finding[] {
  return [...text.matchAll(bearer)]
    .filter((match) => looksLikeToken(match.groups?.['secret'] ?? ''))
    .map((match) => finding('BEARER_TOKEN', match, 0.9));
}

const basic =
  /(?:\bBasic\s{1,3}|["']auth["']?\s{0,4}[:=]\s{0,4}\\{0,3}["']|\b_auth\s{0,4}=\s{0,4}["']?)(?<secret>[A-Za-z0-9+/_-]{8,400}={0,2})/gi;

function inBasicAuth(text: string): readonly Finding[] {
  return [...text.matchAll(basic)]
    .filter((match) => isUserAndPassword(match.groups?.['secret'] ?? ''))
    .map((match) => finding('BASIC_AUTH', match, 0.95));
}

function isUserAndPassword(encoded: string): boolean {
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = decoded.indexOf(':');
  return colon > 0 && /^[\x20-\x7E]{4,}$/.test(decoded) && !isPlaceholder(decoded.slice(colon + 1));
}

/** `curl -u user:…`, `mysql -p'…'`, `sshpass -p …`, `redis-cli -a …`, `docker login -p …`. */
const options: readonly RegExp[] = [
  /(?:\s-u|--user|--proxy-user)[\s=]{1,3}["']?[\w.@+-]{1,64}:(?<secret>[^\s"'`<>|;&]{4,200})/g,
  /\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b[^\n|;&]{0,200}?\s-p\\{0,3}["']?(?<secret>[^\s"'`\\<>|;&]{4,200})/g,
  /\b(?:sshpass|docker login|podman login|az login|ldapsearch|smbclient|mongo(?:sh|dump)?|cqlsh|htpasswd|openssl|zip|unzip|7z|xfreerdp)\b[^\n|;&]{0,200}?\s(?:-p|-w|-b\w{0,3} [^\s]{1,80} \w{1,40}|-P|\/p:)\s{0,3}\\{0,3}["']?(?<secret>[^\s"'`\\<>|;&-][^\s"'`\\<>|;&]{3,200})/g,
  /\bredis-cli\b[^\n|;&]{0,200}?\s-a\s{1,3}["']?(?<secret>[^\s"'`<>|;&]{4,200})/g,
  /\bPGPASSWORD=["']?(?<secret>[^\s"'`<>|;&]{4,200})/g,
];

function inOptions(text: string): readonly Finding[] {
  return options.flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter((match) => looksLikePassword(match.groups?.['secret'] ?? '', true))
      .map((match) => finding('PASSWORD', match, 0.9)),
  );
}

const cookie = /\b(?:Set-)?Cookie\b["']?\s{0,4}[:=]\s{0,4}["']?(?<pairs>[^\n"'<>\\]{1,4000})/gi;
const cookieName = /(?:sess|sid|auth|token|jwt|remember|login|identity|connect\.)/i;

function inCookies(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(cookie)) {
    const pairs = match.groups?.['pairs'] ?? '';
    const from = match.index + match[0].length - pairs.length;
    for (const pair of pairs.matchAll(/(?<name>[^\s=;,]{1,60})=(?<secret>[^\s;,]{10,2000})/g)) {
      const { name = '', secret = '' } = pair.groups ?? {};
      if (!cookieName.test(name) || !looksLikeToken(decodedOnce(secret))) continue;
      const start = from + pair.index + name.length + 1;
      findings.push({ type: 'SESSION_COOKIE', start, end: start + secret.length, confidence: 0.9 });
    }
  }
  return findings;
}

function decodedOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Of a pattern with a group named `secret`, which stands once in what it matched and at its end. */
function finding(type: string, match: RegExpExecArray, confidence: number): Finding {
  const secret = match.groups?.['secret'] ?? match[0];
  const start = match.index + match[0].lastIndexOf(secret);
  return { type, start, end: start + secret.length, confidence };
}
