/**
 * Hides the values of secrets wherever a far side gives them back: servers echo
 * requests in answers and in error pages, drivers name what they were given.
 */

/** What stands in place of a secret. */
export const mask = '***';

/** Shorter values would be found inside common words, and hide those. */
const shortest = 6;

/** Gives JSON-like data with every secret in it masked; the very same value when there is none to hide. */
export type HideSecrets = <T>(value: T) => T;

/** @param secrets Their values. Those of fewer than six characters stay. */
export function hideSecrets(secrets: readonly string[]): HideSecrets {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= shortest)
    .sort((left, right) => right.length - left.length);
  if (forms.length === 0) return (value) => value;

  const inText = (text: string): string => forms.reduce((hidden, form) => hidden.replaceAll(form, mask), text);
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(inValue);
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [inText(key), inValue(field)]));
  };
  // Safe: texts stay texts, lists lists and objects objects; the callers' types name no literal that could hold a secret.
  return <T>(value: T): T => inValue(value) as T;
}

/** A secret as it is, inside JSON text, in an address and in base64; and the password of one that is an address. */
function formsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  const password = url === null || url.password === '' ? [] : [url.password, decoded(url.password)];
  return [secret, ...password].flatMap((value) => {
    const inJson = JSON.stringify(value).slice(1, -1);
    const inJsonTwice = JSON.stringify(inJson).slice(1, -1);
    const inUrl = encodeURIComponent(value.toWellFormed());
    return [value, inJson, inJsonTwice, inUrl, inUrl.replaceAll('%20', '+'), ...base64Of(value)];
  });
}

/** What is the secret's alone in base64, for each of the three places in a group where it may begin: `user:secret` hides it too. */
function base64Of(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const piece = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [piece, piece.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
