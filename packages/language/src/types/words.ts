/** Types in the words of faults. */
import type { Kind, Type } from './type.ts';

const words: { readonly [kind in Kind]: string } = {
  bool: 'true or false',
  int: 'a whole number',
  uint: 'a whole number',
  double: 'a number',
  string: 'text',
  bytes: 'bytes',
  timestamp: 'a timestamp',
  duration: 'a duration',
  type: 'a type',
  list: 'a list',
  map: 'a map',
  null: 'null',
};

const kindsInOrder = Object.keys(words) as Kind[]; // the keys of a record of kinds

export function wordsOf({ kinds, texts }: Type): string {
  const all = [...new Set(kindsInOrder.flatMap((kind) => (kinds.has(kind) ? [words[kind]] : [])))];
  if (texts !== undefined && kinds.size === 1 && texts.size <= 5)
    return texts.size === 1 ? `the text ${quoted(texts)}` : `one of ${quoted(texts)}`;
  const last = all.at(-1) ?? 'nothing';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} or ${last}`;
}

function quoted(texts: ReadonlySet<string>): string {
  return [...texts].map((one) => `\`${one}\``).join(', ');
}
