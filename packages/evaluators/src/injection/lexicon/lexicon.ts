/** The concepts of all lists, numbered; the marks of the tokenizer have the numbers after them. */
import { agency } from './agency.ts';
import { disclosure } from './disclosure.ts';
import { harm } from './harm.ts';
import { marks } from './marks.ts';
import type { Mark } from './marks.ts';
import { ordinary } from './ordinary.ts';
import { orders } from './orders.ts';
import { parties } from './parties.ts';
import { roles } from './roles.ts';
import { smallWords } from './small-words.ts';

const lists = { ...orders, ...parties, ...disclosure, ...roles, ...agency, ...harm, ...ordinary, ...smallWords };

export const conceptNames: readonly string[] = [...Object.keys(lists), ...marks];

const ids = new Map(conceptNames.map((name, id) => [name, id]));

export function conceptId(name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`There is no concept ${name}.`);
  return id;
}

export const markId = (mark: Mark): number => conceptId(mark);

/** Each entry as written, with the number of its concept. */
export function* lexiconEntries(): Generator<readonly [concept: number, entry: string]> {
  for (const [name, list] of Object.entries(lists)) {
    for (const entry of list.split(',')) if (entry.trim() !== '') yield [conceptId(name), entry.trim()];
  }
}

/** Words that, written in another order of letters, are still read. */
export const tellingConcepts: ReadonlySet<number> = new Set(
  [...Object.keys(orders), 'system_prompt', 'secret', 'no_limits'].map(conceptId),
);
