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

/** Pretexts, with goals that make a jailbreak of them and with goals that do not. */
export type PretextFile = 'attacks-pretext' | 'benign-pretext';

const parts: { readonly [file in PhraseFile | PretextFile]?: readonly string[] } = {
  'attacks-pretext': ['goals-harmful', 'pretexts'],
  'benign-pretext': ['goals-harmless', 'pretexts'],
};

/** Texts of a file of phrases, a few of each line; a line weighs the same however many they are. */
export function phraseExamples(
  file: PhraseFile | PretextFile,
  most: number,
  worth = 1,
): readonly (Example & { readonly family: string })[] {
  const source = (parts[file] ?? [file])
    .map((name) => readFileSync(path.join(folder, `${name}.txt`), 'utf8'))
    .join('\n');
  return readPhrases(source).flatMap((phrase) => {
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
