import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Example } from './example.ts';
import { readPhrases } from './expand.ts';

const folder = path.join(import.meta.dirname, 'phrases');

export type PhraseFile =
  | 'attacks-document'
  | 'attacks-jailbreak'
  | 'attacks-message'
  | 'attacks-tool'
  | 'benign-document'
  | 'benign-jailbreak'
  | 'benign-message'
  | 'benign-tool';

/** Texts of a file of phrases, a few of each line; a line weighs the same however many they are. */
export function phraseExamples(
  file: PhraseFile,
  most: number,
  worth = 1,
): readonly (Example & { readonly family: string })[] {
  return readPhrases(readFileSync(path.join(folder, `${file}.txt`), 'utf8')).flatMap((phrase) => {
    const texts = phrase.texts(most);
    return texts.map((text) => ({
      // What stands behind || describes a parameter.
      texts: text.split('||').map((part) => part.trim()),
      attack: file.startsWith('attacks'),
      set: file,
      group: phrase.line,
      family: phrase.family,
      weight: worth / texts.length,
    }));
  });
}

export function attackCode(): readonly string[] {
  return readFileSync(path.join(folder, 'attack-code.txt'), 'utf8')
    .split('\n----\n')
    .map((block) => block.replace(/^\/\/ .*\n/, '').trim());
}
