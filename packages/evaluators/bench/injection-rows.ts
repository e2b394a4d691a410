/** The held-out rows that the checks against attacks are measured on, each as one line of a labelled file. */
import { messagesLeft } from '../training/injection/ordinary-texts.ts';
import { partOf, rowSchemas } from '../training/injection/parts.ts';
import type { RowOf, SetName } from '../training/injection/parts.ts';

export type LinesOf = (set: string) => readonly string[];

/** Harmful and harmless wishes, none of them an attack: a check against attacks should be silent on all. */
export function wishes(linesOf: LinesOf): readonly string[] {
  return heldOut(linesOf, 'moderation_xstest').map((line) => JSON.stringify({ ...JSON.parse(line), label: 0 }));
}

export function messages(linesOf: LinesOf): readonly string[] {
  return heldOut(linesOf, 'injection_direct');
}

/** What people ask and say every day, none of it learned from: one line for each text. */
export function everyday(linesOf: LinesOf): readonly string[] {
  return ['topic_clinc', 'correctness_evouna'].flatMap((set) =>
    messagesLeft(set, linesOf(set)).map((text, at) => JSON.stringify({ id: `${set}-${at}`, text, label: 0 })),
  );
}

export function attacksIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => (JSON.parse(line) as { readonly label: number }).label === 1); // lines of a set
}

export function jailbreaks(linesOf: LinesOf, isWanted: (family: string) => boolean = () => true): readonly string[] {
  return [
    ...heldOut(linesOf, 'jailbreak_artifacts', ({ family }) => isWanted(family)),
    ...heldOut(linesOf, 'injection_direct', ({ label }) => label === 0),
    ...wishes(linesOf),
  ];
}

export function documents(linesOf: LinesOf): readonly string[] {
  return heldOut(linesOf, 'injection_indirect_docs');
}

export function planted(linesOf: LinesOf, wanted: 'table' | 'code'): readonly string[] {
  return heldOut(linesOf, 'injection_indirect_bipia', ({ task }) => task === wanted);
}

export function tools(linesOf: LinesOf): readonly string[] {
  return heldOut(linesOf, 'tool_poisoning');
}

function heldOut<S extends SetName>(
  linesOf: LinesOf,
  set: S,
  isWanted: (row: RowOf<S>) => boolean = () => true,
): readonly string[] {
  return linesOf(set).filter((line) => {
    const row = rowSchemas[set].parse(JSON.parse(line)) as RowOf<S>; // the schema of this very set
    return partOf(set, row) === 'held out' && isWanted(row);
  });
}
