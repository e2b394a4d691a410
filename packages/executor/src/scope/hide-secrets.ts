/**
 * Hides the values of secrets wherever a far side gives them back: servers echo
 * requests in answers and in error pages, drivers name what they were given.
 */
import { inBase64, inHexadecimal } from '@telos/core';

/** What stands in place of a secret. */
export const mask = '***';

/** Shorter values would be found inside common words, and hide those. */
const shortest = 6;

/** Gives JSON-like data with every secret in it masked; the very same value when there is none to hide. */
export type HideSecrets = <T>(value: T) => T;

/** Hides secrets in a text that comes piece by piece. */
export interface HiddenText {
  /** What may be shown once this piece has come: all but what may be the beginning of a secret. */
  add(piece: string): string;
  /** What was held back, when nothing follows. */
  rest(): string;
}

export type Hiding = {
  readonly hide: HideSecrets;
  /** For one text. */
  readonly inPieces: () => HiddenText;
};

const openText: HiddenText = { add: (piece) => piece, rest: () => '' };
const hidesNothing: Hiding = { hide: (value) => value, inPieces: () => openText };

/** @param secrets Their values. Those of fewer than six characters stay. */
export function hideSecrets(secrets: readonly string[]): Hiding {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= shortest)
    .sort((left, right) => right.length - left.length);
  if (forms.length === 0) return hidesNothing;

  const inText = (text: string): string => forms.reduce((hidden, form) => hidden.replaceAll(form, mask), text);
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(inValue);
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [inText(key), inValue(field)]));
  };
  return {
    // Safe: texts stay texts, lists lists and objects objects; the callers' types name no literal that could hold a secret.
    hide: <T>(value: T): T => inValue(value) as T,
    inPieces() {
      let held = '';
      return {
        add(piece) {
          const text = held + piece;
          const end = certainEnd(text, forms);
          held = text.slice(end);
          return inText(text.slice(0, end));
        },
        rest() {
          const text = inText(held);
          held = '';
          return text;
        },
      };
    },
  };
}

/** Up to where a text is the same whatever follows: no form of a secret that is there, or may yet be, goes beyond it. */
function certainEnd(text: string, forms: readonly string[]): number {
  let end = text.length;
  for (const form of forms) {
    let begun = Math.min(form.length - 1, text.length);
    while (begun > 0 && !text.endsWith(form.slice(0, begun))) begun -= 1;
    end = Math.min(end, text.length - begun);
  }
  for (let isCut = true; isCut;) {
    isCut = false;
    for (const form of forms) {
      const at = text.indexOf(form, Math.max(0, end - form.length + 1));
      if (at === -1 || at >= end) continue;
      end = at;
      isCut = true;
    }
  }
  return end;
}

/** A secret as it is, inside JSON text, in an address, in base64 and in hexadecimal; and the password of one that is an address. */
function formsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  const password = url === null || url.password === '' ? [] : [url.password, decoded(url.password)];
  return [secret, ...password].flatMap((value) => {
    const inJson = JSON.stringify(value).slice(1, -1);
    const inJsonTwice = JSON.stringify(inJson).slice(1, -1);
    const inUrl = encodeURIComponent(value.toWellFormed());
    return [
      value,
      inJson,
      inJsonTwice,
      inUrl,
      inUrl.replaceAll('%20', '+'),
      ...inBase64(value),
      ...inHexadecimal(value),
    ];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
