import type { Finding } from '../findings/finding.ts';
import { findAssignments, kindOfField } from './assignments.ts';
import { findCredentials } from './credentials.ts';
import { findPrivateKeys } from './private-keys.ts';
import { tokenFormats } from './token-formats.ts';
import { looksLikePassword, looksLikeToken } from './value-shape.ts';

/** Passwords, tokens and keys in a text. Linear in its length. May share characters; `surestFindings` chooses. */
export function findSecrets(text: string, field: string): readonly Finding[] {
  return [
    ...ofField(text, field),
    ...findTokens(text),
    ...findPrivateKeys(text),
    ...findAssignments(text),
    ...findCredentials(text),
  ];
}

/** Tokens of known form, wherever they stand. */
function findTokens(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { type, pattern, confidence = 0.99 } of tokenFormats) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.['secret'] ?? match[0];
      if (isMadeUp(secret)) continue;
      const start = match.index + match[0].lastIndexOf(secret);
      findings.push({ type, start, end: start + secret.length, confidence });
    }
  }
  return findings;
}

/** Documentation shows forms with words in them, or with one character over and over. */
function isMadeUp(secret: string): boolean {
  const body = secret.slice(-40);
  return (
    /example|replace|your[-_]|redacted|placeholder|xxxx|(\w)\1{5}/i.test(body) || new Set(body.toLowerCase()).size < 7
  );
}

/** A text that is a whole field: what the field is called stands outside of it. */
function ofField(text: string, field: string): readonly Finding[] {
  const kind = field === '' ? undefined : kindOfField(field);
  if (kind === undefined || text.length > 4000) return [];
  const fits = kind === 'password' ? looksLikePassword(text, true) : looksLikeToken(text);
  return fits
    ? [{ type: kind === 'password' ? 'PASSWORD' : 'SECRET', start: 0, end: text.length, confidence: 0.95 }]
    : [];
}
