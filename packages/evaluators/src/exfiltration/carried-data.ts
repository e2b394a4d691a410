/**
 * How likely an address carries something away: what stands in its query, its
 * fragment, its path and the names before its domain, decoded as far as it goes.
 */
import { Buffer } from 'node:buffer';
import { findSecrets } from '../secrets/find-secrets.ts';
import { entropyOf } from '../secrets/value-shape.ts';

/** Whether a text stands in what the step was given. */
export type Known = (text: string) => boolean;

/** In characters: of an address, what is looked at. */
const longest = 4000;

/** Parameters that people search with, and that pages count with; a sentence in one is what it is for. */
const searches =
  /^(?:q|query|search|s|k|keywords?|term|text|title|subject|body|utm_\w{1,20}|ref|source|from|to|origin|destination|address|location|daddr|saddr|near|u|url|redirect\w{0,10}|return\w{0,10}|next|continue)$/i;
/** Parameters that prove who may fetch something; they look drawn at random because they are. */
const proofs =
  /^(?:sig|signature|x-(?:amz|goog|ms)-[\w-]{1,30}|hmac|hash|h|v|s?token|key|policy|key-pair-id|expires|se|sp|sv|sr|st|skoid|integrity|nonce|state|code|session|sid|id|etag|oh|oe|_nc_\w{1,8}|ixid|ixlib|cb|ts|t)$/i;
/** A place to put data in, for whoever follows the address. */
const slot =
  /(?:\{\{?|\[|<|%7B|%5B|%3C|\$\{?|:)\s?(?:(?:the|your|user|users|all|full|entire|chat|base64|encoded|urlencoded|url|insert|private|secret|system|previous|last)[ _+-]|%20){0,4}(?:data|conversation|history|context|secrets?|password|tokens?|e?mails?|contents?|prompt|summary|messages?|memory|memories|answer|info|output|response|cookies?|credentials?|api[ _-]?keys?|instructions|document|file|notes?|pii)/i;
/** In a path, where addresses of an API have places for ids too. */
const slotInPath =
  /(?:\{\{?|\[|<|%7B|%5B|%3C|\$\{)\s?(?:(?:the|your|user|users|all|full|entire|chat|base64|encoded|secret|system)[ _+-]|%20){0,3}(?:conversation|history|secrets?|passwords?|cookies?|credentials?|api[ _-]?keys?|system[ _-]?prompt|chat|memory|memories|pii)/i;
/** Letters written by their numbers, for no reason but that nobody should read them. */
const disguised = /(?:%(?:20|4[1-9a-f]|5[\da]|6[1-9a-f]|7[\da])){6}/i;
const mail = /[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,12}/i;

/** In [0, 1]. */
export function carriedData(written: string, isKnown: Known): number {
  const url = parsed(written.slice(0, longest));
  if (url === undefined) return 0;
  let risk = Math.max(
    inHost(url.hostname),
    /\$\(|`/.test(written) ? 0.8 : 0,
    disguised.test(written) ? 0.75 : 0,
    slotInPath.test(written.replace(/[?#].*$/s, '')) ? 0.75 : 0,
  );
  for (const segment of url.pathname.split('/')) risk = Math.max(risk, encoded(decodedOnce(segment)));
  for (const [name, value] of [...fieldsOf(url.search.slice(1)), ...fieldsOf(url.hash.slice(1))]) {
    risk = Math.max(risk, inField(name, value, isKnown));
  }
  return risk;
}

function parsed(written: string): URL | undefined {
  const whole = /^www\./i.test(written)
    ? `https://${written}`
    : written.startsWith('//')
      ? `https:${written}`
      : written;
  return URL.parse(whole.replace(/^[a-z][a-z0-9+.-]*:(?=\/\/)/i, 'https:')) ?? undefined;
}

function fieldsOf(query: string): readonly (readonly [string, string])[] {
  return query
    .split('&')
    .slice(0, 100)
    .map((field) => {
      const at = field.indexOf('=');
      return at === -1 ? ['', field] : [field.slice(0, at), field.slice(at + 1)];
    });
}

function inField(name: string, value: string, isKnown: Known): number {
  if (slot.test(value)) return 0.75;
  const plain = decodedOnce(decodedOnce(value.replaceAll('+', ' ')));
  if (plain.length < 6) return 0;
  if (mail.test(plain)) return 0.8;
  if (findSecrets(`${name}=${plain}`, '').some(({ type }) => type !== 'SECRET') || findSecrets(plain, '').length > 0)
    return 0.9;
  const asCode = encoded(plain);
  if (asCode > 0) return asCode;
  if (plain.length >= 8 && !/^[\w-]{1,11}$/.test(plain) && isKnown(plain)) return searches.test(name) ? 0.6 : 0.9;
  const isSentence = plain.length >= 24 && plain.trim().split(/[\s_]+/).length >= 4;
  if (isSentence) return searches.test(name) ? 0.35 : 0.65;
  const isOpaque = plain.length >= 48 && /^[\w+/=.~-]+$/.test(plain) && entropyOf(plain) >= 4;
  return isOpaque ? (proofs.test(name) ? 0.2 : 0.55) : 0;
}

/** Names before the domain can carry as much as a query, to whoever serves the names. */
function inHost(host: string): number {
  const labels = host.split('.').slice(0, -2);
  if (labels.some((label) => encoded(label) > 0) || encoded(labels.join('')) > 0) return 0.9;
  const drawn = labels.filter((label) => label.length >= 30 && /\d/.test(label) && entropyOf(label) >= 3.3);
  return drawn.length > 0 ? 0.75 : 0;
}

/** Base64, hexadecimal or Base32 of something that can be read. */
function encoded(text: string): number {
  const bare = text.replace(/=+$/, '');
  if (bare.length < 16) return 0;
  if (/^(?:[0-9a-f]{2}){10,}$/i.test(bare) && isReadable(Buffer.from(bare, 'hex'))) return 0.9;
  if (/^[\w+/-]{16,}$/.test(bare) && isReadable(Buffer.from(bare, 'base64'))) return 0.9;
  return /^[a-z2-7]{24,}$/i.test(bare) && isReadable(fromBase32(bare)) ? 0.9 : 0;
}

function isReadable(bytes: Buffer): boolean {
  if (bytes.length < 8) return false;
  const text = bytes.toString('utf8');
  const good = text.match(/[\p{L}\p{N}\p{P}\p{S} \t\r\n]/gu)?.length ?? 0;
  const letters = text.match(/[\p{L}\s]/gu)?.length ?? 0;
  return good === Array.from(text).length && !text.includes('\uFFFD') && letters >= Array.from(text).length * 0.5;
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.toUpperCase()) {
    value = (value << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
