/**
 * Redaction that can be taken back: each stretch found becomes a placeholder,
 * `<EMAIL_1>`, and the vault says what it stood for. The same text of the same
 * type gets the same placeholder, so that a model can still tell two people
 * apart. A vault holds what was hidden, and is shown to nobody.
 */
import { randomInt } from 'node:crypto';
import { drawnLetters, everyPlaceholder, isDrawn, partsOfPlaceholder, textsOf } from '@telos/core';
import type { DrawLetters, Json, Vault } from '@telos/core';
import { overlapping, surest } from './finding.ts';
import type { Finding } from './finding.ts';

export type Redacted = { readonly text: string; readonly vault: Vault };

/** The text with something that means nothing in place of each placeholder, as long as it: rails do not trip on them. */
export function withoutPlaceholders(text: string): string {
  return text.includes('_')
    ? text.replace(everyPlaceholder, (placeholder) => '\uFFFC'.repeat(placeholder.length))
    : text;
}

export type Redactor = {
  /**
   * Findings that share characters are hidden as one, under the name of the surest.
   *
   * @param isNumber The text is a number of the value: hidden whole, it comes back as one.
   */
  redact(text: string, findings: readonly Finding[], isNumber?: boolean): string;
  /** What each placeholder that was put in so far stands for. */
  vault(): Vault;
};

export type RedactorOptions = {
  /** What a type is called in its placeholders; its own name when absent. */
  readonly names?: ReadonlyMap<string, string> | undefined;
  /** Whether nobody may be able to guess one: what it stands for may be put back. */
  readonly drawn?: boolean | undefined;
  /** Draws what nobody can guess; absent: by chance. */
  readonly letters?: DrawLetters | undefined;
  /** What was hidden before: the same texts get the same placeholders, and these stand for nothing else. */
  readonly earlier?: Vault | undefined;
};

/** @param present Everything that is to be redacted: a placeholder that already stands in it is not given again. */
export function createRedactor(
  present: Json,
  { names = new Map(), drawn = false, letters = drawLetters, earlier = {} }: RedactorOptions = {},
): Redactor {
  const written = placeholdersIn(present);
  const taken = new Set([...Object.keys(earlier), ...written]);
  const hidden = new Map<string, string | number>();
  const given = new Map<string, string>();
  const counts = new Map<string, number>();
  const keyOf = (name: string, value: string | number): string => `${name} ${typeof value} ${value}`;
  for (const [placeholder, value] of Object.entries(earlier)) {
    const { name, number } = partsOfPlaceholder(placeholder);
    if (drawn) counts.set(name, Math.max(counts.get(name) ?? 0, number));
    // Whoever wrote it into this text would be given what it stands for, where that is put back.
    if (!drawn || (isDrawn(placeholder) && !written.has(placeholder))) given.set(keyOf(name, value), placeholder);
  }

  const placeholderFor = (type: string, value: string | number): string => {
    const name = names.get(type) ?? type;
    const key = keyOf(name, value);
    const known = given.get(key);
    if (known !== undefined) {
      hidden.set(known, value);
      return known;
    }
    let placeholder: string;
    let count = counts.get(name) ?? 0;
    do {
      count += 1;
      placeholder = `<${name}_${count}${drawn ? `_${letters()}` : ''}>`;
    } while (taken.has(placeholder));
    counts.set(name, count);
    given.set(key, placeholder);
    hidden.set(placeholder, value);
    return placeholder;
  };

  return {
    redact(text, findings, isNumber = false) {
      const parts: string[] = [];
      let from = 0;
      for (const group of overlapping(findings)) {
        const start = group[0]?.start ?? 0;
        const end = group.reduce((last, finding) => Math.max(last, finding.end), 0);
        const isWhole = start === 0 && end === text.length;
        const value = isNumber && isWhole ? Number(text) : text.slice(start, end);
        parts.push(text.slice(from, start), placeholderFor(surest(group)?.type ?? '', value));
        from = end;
      }
      return parts.length === 0 ? text : parts.join('') + text.slice(from);
    },
    vault: () => Object.fromEntries(hidden),
  };
}

/** Redacts one text. For the texts of a structured value, one `createRedactor` keeps their placeholders apart. */
export function redact(text: string, findings: readonly Finding[], options?: RedactorOptions): Redacted {
  const redactor = createRedactor(text, options);
  const redacted = redactor.redact(text, findings);
  return { text: redacted, vault: redactor.vault() };
}

function placeholdersIn(value: Json): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text } of textsOf(value))
    for (const [placeholder] of text.matchAll(everyPlaceholder)) found.add(placeholder);
  return found;
}

function drawLetters(): string {
  return Array.from({ length: drawnLetters }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
