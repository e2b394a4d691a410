/**
 * How a head does on a source that it has learned nothing from: one source at a
 * time is left out, and its rows of both parts are scored.
 *
 * Attacks are held against harmless rows that no head ever learns from (those
 * of the held-out part), harmless rows against the head's own threshold.
 */
import type { HeadName } from '../../src/injection/model/heads.ts';
import { bagOf } from './bag.ts';
import type { Bag } from './bag.ts';
import type { Example } from './example.ts';
import { fitHead, scoreOf } from './fit-head.ts';
import type { FitOptions } from './fit-head.ts';
import { partAbove, separated } from './separation.ts';
import type { SharedSets } from './shared-sets.ts';

type OfHead = {
  readonly bags: readonly Bag[];
  readonly sets: SharedSets;
  readonly threshold: number;
  readonly options: FitOptions;
};

/** Prints a line for each source. */
export function acrossSources(head: HeadName, { bags, sets, threshold, options }: OfHead): void {
  const heldOut = heldOutOf(head, sets).map((example) => bagOf(example, head));
  const reference = heldOut.filter(({ example }) => !example.attack);
  for (const source of new Set(bags.map(({ example }) => sourceOf(example)))) {
    const fit = fitHead(
      bags.filter(({ example }) => sourceOf(example) !== source),
      options,
    );
    const own = [...bags, ...heldOut].filter(({ example }) => sourceOf(example) === source);
    const scoresOf = (some: readonly Bag[]): readonly number[] => some.map((bag) => scoreOf(bag, fit));
    const attacks = own.filter(({ example }) => example.attack);
    const harmless = own.filter(({ example }) => !example.attack);
    const caught = separated(scoresOf(attacks), scoresOf(reference));
    const shown = [
      `  without ${source}:`,
      ...(attacks.length === 0
        ? []
        : [
            `${attacks.length} attacks against ${reference.length} held-out harmless rows: area ${caught.area.toFixed(3)},`,
            `recall ${caught.at1.toFixed(3)} at 1 %, ${caught.at3.toFixed(3)} at 3 %,`,
            `${partAbove(scoresOf(attacks), threshold).toFixed(3)} at the threshold;`,
          ]),
      ...(harmless.length === 0
        ? []
        : [`${harmless.length} harmless, ${partAbove(scoresOf(harmless), threshold).toFixed(4)} called an attack`]),
    ];
    console.log(shown.join(' '));
  }
}

/** Our own phrases are one source, whatever was made of them, and so are the ordinary texts of other sets. */
function sourceOf({ set, group }: Example): string {
  switch (set) {
    case 'injection_direct':
    case 'moderation_xstest':
    case 'injection_indirect_docs':
    case 'tool_poisoning':
      return set;
    case 'jailbreak_artifacts':
      return group.startsWith('pair') ? `${set}, PAIR` : `${set}, suffixes and templates`;
    case 'injection_indirect_bipia':
      return group.includes('code') ? `${set}, code` : `${set}, tables and mails`;
    default:
      return /^(?:attacks|benign)-|^chained$|^suffixed$/.test(set) ? 'own phrases' : 'ordinary texts';
  }
}

function heldOutOf(head: HeadName, sets: SharedSets): readonly Example[] {
  switch (head) {
    case 'message':
      return [...sets.messages('held out'), ...sets.wishes('held out')];
    case 'jailbreak':
      return [
        ...sets.jailbreaks('held out'),
        ...sets.messages('held out').filter(({ attack }) => !attack),
        ...sets.wishes('held out'),
      ];
    case 'document':
      return sets.documents('held out');
    case 'tool':
      return sets.tools('held out');
  }
}
