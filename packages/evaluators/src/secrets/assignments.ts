/**
 * Values that are given under a name that says secret: `API_KEY=…`,
 * `"password": "…"`, `<token>…</token>`, `--secret …`, `the password is …`.
 *
 * Each word that says so is looked at once. To its left the rest of the name, to
 * its right what is left of the name, what joins it to the value, and the value:
 * all bounded, so the whole is linear.
 */
import type { Finding } from '../findings/finding.ts';
import { looksLikePassword, looksLikeToken } from './value-shape.ts';

type Kind = 'password' | 'token';

const passwordWords =
  'passw(?:or)?ds?|passwort|passphrase|passcode|kennwort|pwd|(?<![a-z])(?:pass|pw|psw)(?![a-z])|mot[ _]de[ _]passe|contrase(?:ñ|n)a|senha|wachtwoord|parola|has[łl]o|l(?:ö|o)senord|adgangskode|пароль|密码|パスワード';
const tokenWords =
  'secret|token|credentials?|api[-_. ]?key|(?:access|private|signing|encrypt(?:ion)?|master|service|account|storage|shared[-_ ]?access|subscription|license|app(?:lication)?|auth|client|consumer|session|webhook|hmac|jwt|cookie|deploy|admin|bot|root|write|read|db|database|security)[-_. ]?key|authorization|session[-_]?id|(?<![a-z])(?:_?auth|sid|pat|dsn|sig|signature|phpsessid|jsessionid|connect\\.sid)(?![a-z])';
const secretWord = new RegExp(`(?:(?<password>${passwordWords})|(?:${tokenWords}))`, 'gi');

/** What a name may hold beside the word that makes nothing secret of it. */
const openName =
  /etc\/passwd|public|publishable|primary|foreign|partition|idempotency|cache[-_]?key|sort[-_]?key|object[-_]?key|(?:max|min|num|total|prompt|completion|input|output|context|stop|special|pad|eos|bos|unk|next|page|continuation|sync|cursor|csrf[-_]?header|cancel(?:lation)?)[-_ ]?tokens?|tokeni[sz]|secretar|passwordless|password[-_]?(?:reset|policy|min|max|length|strength|hint|field|label|input|confirm|help|expir|chang|rule|valid|type|format|encod|required|error|placeholder|view|manager)|tokens?[-_]?(?:count|limit|type|url|uri|endpoint|length|usage|expir|ttl|name|budget|path|address|symbol|contract|standard|ring)|secret[-_]?(?:name|arn|ref|id(?![a-z])|path|version|store|manager|santa)|key[-_]?(?:name|id(?![a-z])|alias|path|file|type|size|length|usage|algorithm|ring|arn|pair|word)/i;
/** A name that ends like this names something about the secret. */
const openEnding =
  /[-_](?:id|ids|name|names|url|uri|path|file|type|length|len|size|count|limit|ttl|expiry|expires|expiration|version|hash|salt|algorithm|alg|header|prefix|suffix|field|label|hint|regex|pattern|enabled|required|policy|provider|source|ref|arn)$/i;

const nameBefore = /[\w.$@/-]{0,40}$/;
const nameAfter = /^[\w-]{0,30}/;
/** Quotation marks of a name and of a value may be escaped, once or twice. */
const mark = String.raw`\\{0,3}["'\x60]`;
const joins = new RegExp(
  String.raw`^(?:${mark})?\]?\s{0,10}(?:,?\s{0,40}["']?value["']?\s{0,3}[:=]\s{0,4}|(?::=|=>|->|={1,3}|:{1,2}|≔)\s{0,10}(?:\|-?\s{1,20})?|,\s{0,10}(?=${mark})|>(?=[^<>\s])|["']\s{0,4}(?:value|content)\s{0,2}=\s{0,2}|(?<call>\(\s{0,4})(?=${mark}))`,
);
const words =
  /^['"]?\s{1,4}(?:(?:is|was|are|ist|lautet|war|est|es|é|era|to|as|set to|has been set to|ist gesetzt auf|for [\w@. -]{1,40}? (?:is|was)|de [\w@. -]{1,40}? (?:est|es)|f(?:ü|u)r [\w@. -]{1,40}? (?:ist|lautet))(?:\s{0,3}[:=])?\s{1,4})?/i;
const quotedValue = new RegExp(
  String.raw`^(?<open>(?:"{2}(?=")|'{2}(?='))?\\{0,3}(?<quote>["'\x60]))(?<value>(?:(?!\k<quote>)[^\n\\]|\\(?!\\{0,2}["'\x60])[^\n]){1,2000}?)\\{0,3}\k<quote>`,
);
/** An `&` that begins no further field of a query is part of the value. */
const bareValue = /^(?:[^\s"'`<>,;&|\\{}()[\]]|&(?![\w.%-]{0,40}=|amp;|\s)){1,2000}/;
const typeHint = /^(?:str|string|String|final|const|let|var|SecretStr|\w{1,20}\??)\s{0,4}=\s{0,4}/;

export function findAssignments(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(secretWord)) {
    const kind: Kind = match.groups?.['password'] === undefined ? 'token' : 'password';
    const from = match.index + match[0].length;
    const right = text.slice(from, from + 2200);
    const before = nameBefore.exec(text.slice(Math.max(0, match.index - 40), match.index))?.[0] ?? '';
    const after = nameAfter.exec(right)?.[0] ?? '';
    const name = before + match[0] + after;
    if (isOpen(name)) continue;
    const found = assigned(right, after.length, kind) ?? said(right, after, kind);
    if (found === undefined) continue;
    const start = from + found.start;
    findings.push({
      type: kind === 'password' ? 'PASSWORD' : 'SECRET',
      start,
      end: start + found.length,
      confidence: found.confidence,
    });
  }
  return findings;
}

/** Whether a field of this name holds a secret, by its name alone; undefined when it does not say so. */
export function kindOfField(name: string): Kind | undefined {
  if (name.length > 80) return undefined;
  const match = new RegExp(secretWord.source, 'i').exec(name);
  if (match === null || isOpen(name)) return undefined;
  return match.groups?.['password'] === undefined ? 'token' : 'password';
}

function isOpen(name: string): boolean {
  const snake = name.replace(/([a-z])([A-Z])/g, '$1_$2');
  return openName.test(name) || openName.test(snake) || openEnding.test(snake);
}

type Value = { readonly start: number; readonly length: number; readonly confidence: number };

function assigned(right: string, nameLength: number, kind: Kind): Value | undefined {
  const rest = right.slice(nameLength);
  const joined = joins.exec(rest);
  if (joined === null) return undefined;
  let at = nameLength + joined[0].length;
  const hint = typeHint.exec(right.slice(at, at + 40));
  if (hint !== null) at += hint[0].length;
  return valueAt(right, at, kind);
}

/** "The password is …", `login bot password …`: only what no word looks like is believed. */
function said(right: string, after: string, kind: Kind): Value | undefined {
  if (after !== '' && after !== 's') return undefined;
  const joined = words.exec(right.slice(after.length));
  if (joined === null) return undefined;
  const value = valueAt(right, after.length + joined[0].length, kind);
  if (value === undefined) return undefined;
  const content = right.slice(value.start, value.start + value.length);
  const isStrange =
    /\d/.test(content) && /[A-Za-z]/.test(content) && content.length >= 8 && !/^[a-z]{2,12}-?\d{1,4}$/i.test(content);
  return isStrange ? { ...value, confidence: 0.8 } : undefined;
}

function valueAt(right: string, at: number, kind: Kind): Value | undefined {
  const rest = right.slice(at);
  const scheme = /^(?:\\{0,3}["'`])?(?:Bearer|Basic|Token|ApiKey|SSWS)\s{1,3}/i.exec(rest)?.[0].length ?? 0;
  const quoted = scheme === 0 ? quotedValue.exec(rest) : null;
  const value = quoted?.groups?.['value'] ?? (bareValue.exec(rest.slice(scheme))?.[0] ?? '').replace(/[.,;:!?]+$/, '');
  const start = at + (quoted === null ? scheme : (quoted.groups?.['open']?.length ?? 0));
  const isQuoted = quoted !== null;
  // `password: hash(…)`, `token = read[…]`: code that gets the value.
  if (!isQuoted && /^[([]/.test(right.slice(start + value.length))) return undefined;
  const fits = kind === 'password' ? looksLikePassword(value, isQuoted) : looksLikeToken(value);
  return fits ? { start, length: value.length, confidence: isQuoted ? 0.95 : 0.9 } : undefined;
}
