/** Ways to write a sentence so that it is not read at first sight. */
import { pick } from './expand.ts';

export const disguises: { readonly [name: string]: (text: string, random: () => number) => string } = {
  base64: (text) => Buffer.from(text).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  rot13: (text) =>
    text.replace(/[a-z]/gi, (letter) => {
      const base = letter <= 'Z' ? 65 : 97;
      return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
    }),
  backwards: (text) => Array.from(text).toReversed().join(''),
  leet: (text) => text.replace(/[aeiost]/gi, (letter) => leet[letter.toLowerCase()] ?? letter),
  'zero width': (text) => Array.from(text).join('\u200b'),
  'set apart': (text) =>
    text
      .split(' ')
      .map((word) => Array.from(word).join(' '))
      .join('   '),
  'full width': (text) => text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  tags: (text) => text.replace(/[ -~]/g, (sign) => String.fromCodePoint(0xe0000 + sign.charCodeAt(0))),
  'other alphabet': (text) => text.replace(/[aeopcxy]/g, (letter) => cyrillic[letter] ?? letter),
  shuffled: (text, random) =>
    text.replace(/\b([a-z])([a-z]{3,})([a-z])\b/gi, (_, first, inner, last) => {
      const letters = String(inner).split('');
      const mixed: string[] = [];
      while (letters.length > 0) mixed.push(...letters.splice(Math.floor(random() * letters.length), 1));
      return `${String(first)}${mixed.join('')}${String(last)}`;
    }),
  shouted: (text) => text.toUpperCase(),
  misspelt: (text, random) =>
    text.replace(/\b[a-z]{6,}\b/g, (word) => {
      const at = 1 + Math.floor(random() * (word.length - 2));
      const kind = random();
      if (kind < 0.4) return word;
      if (kind < 0.75) return word.slice(0, at) + word.slice(at + 1);
      return word.slice(0, at) + word.charAt(at) + word.slice(at);
    }),
};

const leet: { readonly [letter: string]: string } = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7' };
const cyrillic: { readonly [letter: string]: string } = { a: 'а', e: 'е', o: 'о', p: 'р', c: 'с', x: 'х', y: 'у' };

/** A sentence in a disguise, with what tells the reader of it where it could not be read otherwise. */
export function disguised(text: string, name: string, random: () => number): string {
  const disguise = disguises[name];
  if (disguise === undefined) throw new Error(`There is no disguise ${name}.`);
  const hidden = disguise(text, random);
  if (name === 'tags')
    return `${pick(['Thanks!', 'See you.', 'Best wishes', 'Good day.', 'What is this?'], random)}${hidden}`;
  if (!['base64', 'hex', 'rot13', 'backwards'].includes(name) || random() < 0.3) return hidden;
  return `${pick([`This is ${name}:`, 'Please read:', `Message (${name}):`, 'Text:', 'My note:'], random)} ${hidden}`;
}

const pieces =
  'Sure Here Title Answer list begin text Step One format steps With Plain now sentence introduction bullet Manuel respond Print giving Two tutorial detailed Write Table reply Yes content Seite mit para var begin end html begin {( )] ]( "[ }] \\) {[ `] ](" |] ,[ => == {\\ <? ?> (* *) ~~ ~/ \\| ^{ $} ("% [[ )} ;} !! _{ `) }; ** (( \'] [< >]'.split(
    ' ',
  );

/** What a search for words that break a model looks like. */
export function suffix(random: () => number): string {
  const count = 10 + Math.floor(random() * 14);
  let text = '';
  for (let at = 0; at < count; at += 1) {
    text += pick(pieces, random);
    if (random() < 0.55) text += ' ';
    else if (random() < 0.4) text += pick(pieces, random).toLowerCase();
  }
  return text.trim();
}
