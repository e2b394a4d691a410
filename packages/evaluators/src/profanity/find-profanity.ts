import type { Finding } from '../findings/finding.ts';
import { createMemory } from '../remember.ts';
import { profanity } from './words.ts';

export type Level = 'strong' | 'mild';

/** A word, with signs in the place of letters: `sh1t`, `f*ck`, `@ss`. */
const written = /[\p{L}\p{N}@$!*#][\p{L}\p{M}\p{N}@$!*#'’]{1,39}/gu;
/** Letters held apart: `f u c k`, `s.h.i.t`. */
const spaced = /(?<![\p{L}\p{N}])\p{L}(?:([ .\-_*])\p{L})(?:\1\p{L}){1,12}(?![\p{L}\p{N}])/gu;
const signs: { readonly [sign: string]: string } = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * @param languages Two-letter codes; undefined: all.
 * @param more Further words, as strong ones.
 */
export function createProfanityFinder(
  languages: readonly string[] | undefined,
  level: Level,
  more: readonly string[],
): (text: string) => readonly Finding[] {
  const known = new Map<string, Level>();
  const add = (word: string, of: Level): void => {
    if (of === 'strong' || level === 'mild') known.set(folded(word), of);
  };
  for (const [language, { strong, mild, endings }] of Object.entries(profanity)) {
    if (languages !== undefined && !languages.includes(language)) continue;
    for (const [words, of] of [
      [strong, 'strong'],
      [mild, 'mild'],
    ] as const) {
      for (const word of words.split(/\s+/)) for (const ending of ['', ...endings.split(' ')]) add(word + ending, of);
    }
  }
  for (const word of more) add(word, 'strong');
  const remember = createMemory<{ readonly level: Level | undefined }>(1000);
  const byLength = new Map<number, string[]>();
  for (const word of known.keys()) byLength.set(word.length, [...(byLength.get(word.length) ?? []), word]);

  const levelOf = (word: string): Level | undefined => {
    const plain = folded(word);
    const letters = unsigned(plain);
    const entry = known.get(plain) ?? known.get(letters) ?? known.get(letters.replace(/(.)\1+/gu, '$1'));
    return entry ?? maskedLevelOf(plain);
  };
  /** A word masked in part, `f**k`: only a strong one is meant. */
  const maskedLevelOf = (word: string): Level | undefined => {
    if (!/^\p{L}+[*#]{1,4}\p{L}*$/u.test(word) || word.replace(/[*#]/g, '').length < 2) return undefined;
    const isMeant = (each: string): boolean =>
      known.get(each) === 'strong' &&
      Array.from(word, (letter, at) => '*#'.includes(letter) || letter === each[at]).every(Boolean);
    return remember(word, () => ({ level: byLength.get(word.length)?.some(isMeant) === true ? 'strong' : undefined }))
      .level;
  };

  return (text) => {
    const found: Finding[] = [];
    for (const match of text.matchAll(written)) {
      const word = match[0].replace(/[!#*'’]+$/, '');
      const of = levelOf(match[0]) ?? levelOf(word);
      if (of !== undefined)
        found.push({
          type: 'PROFANITY',
          start: match.index,
          end: match.index + word.length,
          confidence: confidence[of],
        });
    }
    for (const match of text.matchAll(spaced)) {
      const of = levelOf(match[0].replaceAll(match[1] ?? ' ', ''));
      if (of !== undefined)
        found.push({
          type: 'PROFANITY',
          start: match.index,
          end: match.index + match[0].length,
          confidence: confidence[of],
        });
    }
    return found;
  };
}

const confidence = { strong: 0.95, mild: 0.6 } as const;

function folded(word: string): string {
  return word
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ё', 'е');
}

/** With letters for the signs that stand for them. */
function unsigned(word: string): string {
  return /\p{L}/u.test(word) ? word.replace(/[013457@$!]/g, (sign) => signs[sign] ?? sign) : word;
}
