/**
 * Writes src/pii/person/given-names.json from the locales of @faker-js/faker.
 *
 *   npm pack @faker-js/faker@10.6.0 && tar xf faker-js-faker-10.6.0.tgz
 *   node --conditions=source packages/evaluators/training/write-given-names.ts package
 *
 * Given names in Latin script, the parts of several apart, sorted under their
 * first letter.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of the unpacked package.');
const entry = pathToFileURL(path.resolve(folder, 'dist/index.js')).href;
const Locales = z.record(z.string(), z.object({ person: z.object({ first_name: z.unknown().optional() }).optional() }));
const locales = Locales.parse(((await import(entry)) as { readonly allLocales: unknown }).allLocales);

const isLatin = (name: string): boolean => /^\p{Lu}[\p{Script=Latin}'’]+$/u.test(name);
const names = new Set<string>();
for (const { person } of Object.values(locales)) {
  for (const name of textsIn(person?.first_name))
    for (const part of name.split(/[ -]/)) if (isLatin(part)) names.add(part.replace('’', "'"));
}

const byLetter: { [letter: string]: string } = {};
for (const name of [...names].sort()) {
  const letter = name.normalize('NFD').charAt(0);
  byLetter[letter] = byLetter[letter] === undefined ? name : `${byLetter[letter]} ${name}`;
}
const target = path.join(import.meta.dirname, '../src/pii/person/given-names.json');
writeFileSync(target, `${JSON.stringify(byLetter, null, 2)}\n`);
console.log(`${names.size} names in ${target}`);

/** Names stand in lists, by sex and by whether they are in use. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
