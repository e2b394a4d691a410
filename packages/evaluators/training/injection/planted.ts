/** Sentences planted in documents: attacks, and as many that are none, so that being planted tells nothing. */
import type { Example } from './example.ts';
import { pick, randomFrom } from './expand.ts';

export type Seedling = Pick<Example, 'attack' | 'set' | 'group' | 'weight'> & { readonly text: string };

/** Each sentence in one document, at its beginning, its end, or between two of its lines. */
export function planted(seedlings: readonly Seedling[], documents: readonly string[], copies = 1): readonly Example[] {
  return seedlings.flatMap((seedling) => {
    const random = randomFrom(seedling.text);
    return Array.from({ length: copies }, () => plant(seedling, pick(documents, random), random));
  });
}

function plant({ text, weight, ...rest }: Seedling, document: string, random: () => number): Example {
  const breaks = [...document.matchAll(/\n/g)].map(({ index }) => index);
  const where = Math.floor(random() * 3);
  const middle = breaks.length > 0 ? pick(breaks, random) : -1;
  const start = where === 0 || middle === -1 ? 0 : where === 1 ? middle + 1 : document.length + 1;
  const whole =
    start === 0
      ? `${text}\n${document}`
      : start > document.length
        ? `${document}\n${text}`
        : `${document.slice(0, start)}${text}\n${document.slice(start)}`;
  return { ...rest, texts: [whole], span: { start, end: start + text.length }, weight: weight };
}
