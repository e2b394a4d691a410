import byLetter from './given-names.json' with { type: 'json' };
import { givenNamesBeside } from './given-names-beside.ts';
import { notNames } from './words.ts';

/** Given names of some sixty languages in Latin script, without those that are common words first and names second. */
export const givenNames: ReadonlySet<string> = new Set(
  [...Object.values(byLetter).flatMap((names) => names.split(' ')), ...givenNamesBeside].filter(
    (name) => !notNames.has(name),
  ),
);
