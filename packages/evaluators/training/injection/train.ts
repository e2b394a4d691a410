/**
 * Trains the heads of `injection`, `jailbreak` and `tool_poisoning`.
 *
 *   node --conditions=source packages/evaluators/training/injection/train.ts [folder of sets] [--head name] [--sources] [--write]
 *
 * Learns from the development halves of the labelled sets (parts.ts), from
 * ordinary texts of other sets, from half of the READMEs of the packages that
 * are installed, and from the phrases beside it. The held-out halves are not
 * looked at.
 *
 * Prints how each head does in cross validation, where a line of phrases, a
 * category or a kind is never on both sides. The threshold comes from there:
 * what is harmless may be called an attack as often as `mistaken` says.
 * `--sources` alone: how the heads as they are made do on each source when
 * that source is left out. `--write`: writes the heads into the package.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { headNames } from '../../src/injection/model/heads.ts';
import type { HeadName } from '../../src/injection/model/heads.ts';
import type { TrainedHead } from '../../src/injection/model/linear-model.ts';
import { trained } from '../../src/injection/model/weights.ts';
import { textsOfTool } from '../../src/injection/texts-of-tool.ts';
import { acrossSources } from './across-sources.ts';
import { bagOf } from './bag.ts';
import type { Bag } from './bag.ts';
import { outOfFold } from './cross-validate.ts';
import { fitHead } from './fit-head.ts';
import type { FitOptions } from './fit-head.ts';
import { rowSchemas } from './parts.ts';
import { highest, partAbove, separated } from './separation.ts';
import { readSharedSets } from './shared-sets.ts';
import { storeModel } from './store-model.ts';
import { trainingSet } from './training-sets.ts';

/** Each head's by its cross validation. */
const light: FitOptions = { penalties: [0.02, 0.02, 0.02], rounds: 3, fewestGroups: 3, attackShare: 1 };
const optionsOf: { readonly [head in HeadName]: FitOptions } = {
  message: { ...light, penalties: [0.02, 0.02, 0.05] },
  jailbreak: light,
  document: { ...light, penalties: [0.05, 0.05, 0.1], fewestGroups: 4 },
  tool: light,
};
/** For what is only measured. */
const quickOf = (head: HeadName): FitOptions => ({ ...optionsOf[head], rounds: 2 });

/** Of all ordinary texts, of the set of them that does worst, and of our own harmless phrases, which are made to look like attacks. */
const mistaken: {
  readonly [head in HeadName]: { readonly ordinary: number; readonly worst: number; readonly alike: number };
} = {
  message: { ordinary: 0.007, worst: 0.01, alike: 0.015 },
  jailbreak: { ordinary: 0.007, worst: 0.01, alike: 0.015 },
  document: { ordinary: 0.007, worst: 0.02, alike: 0.05 },
  // One part for all three, that at which the check is asked for recall: fixed before anything held out was measured.
  tool: { ordinary: 0.03, worst: 0.03, alike: 0.03 },
};
/** Harmless goals in the very pretexts of jailbreaks: more of them are mistaken, and how many is told, not bounded. */
const pretexts = 'benign-pretext';
/** Texts: a smaller set says nothing of so small a part. */
const smallestSet = 150;

const words = process.argv.slice(2);
const only = words.includes('--head') ? words[words.indexOf('--head') + 1] : undefined;
const folder =
  words.find((word) => !word.startsWith('--') && word !== only) ??
  path.resolve(import.meta.dirname, '../../../../../shared/data');
const sets = readSharedSets(folder, ({ name, description, input_schema }) =>
  textsOfTool({ name, description, input_schema: input_schema as never }).map(({ text }) => text),
);

const heads: { [name in HeadName]: TrainedHead } = { ...trained.heads };
for (const name of headNames.filter((each) => only === undefined || only === each)) {
  const bags = trainingSet(name, sets, folder).map((example) => bagOf(example, name));
  if (words.includes('--sources')) {
    console.log(name);
    acrossSources(name, { bags, sets, threshold: trained.heads[name].threshold, options: quickOf(name) });
  } else {
    heads[name] = trainedHead(name, bags);
  }
}
if (words.includes('--write')) write();

function trainedHead(name: HeadName, bags: readonly Bag[]): TrainedHead {
  const attacks = bags.filter(({ example }) => example.attack).length;
  console.log(`${name}: ${attacks} attacks, ${bags.length - attacks} harmless`);
  const threshold = crossValidated(name, bags);
  return {
    ...storeModel(fitHead(bags, optionsOf[name]).weights),
    threshold: Number(threshold.toPrecision(4)),
    attacks,
    harmless: bags.length - attacks,
  };
}

/** The threshold, after the figures. */
function crossValidated(name: HeadName, bags: readonly Bag[]): number {
  const scores = outOfFold(bags, quickOf(name));
  const of = (choose: (example: Bag['example']) => boolean): readonly number[] =>
    bags.flatMap(({ example }, at) => (choose(example) ? [scores[at] ?? 0] : []));
  const isOwn = ({ set }: Bag['example']): boolean => /^benign|^chained/.test(set);
  const alike = of(
    (example) => !example.attack && isOwn(example) && example.set !== pretexts && example.disguise === undefined,
  );
  const caught = of(({ attack }) => attack);
  const isOrdinary = (example: Bag['example']): boolean =>
    !example.attack && !isOwn(example) && (name === 'tool' || example.set !== 'readmes');
  const ordinary = of(isOrdinary);
  const bySet = [...new Set(bags.map(({ example }) => example.set))]
    .map((set) => of((example) => isOrdinary(example) && example.set === set))
    .filter((some) => some.length >= smallestSet);
  const threshold = Math.max(
    highest(ordinary, mistaken[name].ordinary),
    highest(alike, mistaken[name].alike),
    ...bySet.map((some) => highest(some, mistaken[name].worst)),
  );
  const { area } = separated(
    caught,
    of(({ attack }) => !attack),
  );
  const parts = [caught, ordinary, alike].map((some) => partAbove(some, threshold).toFixed(4));
  console.log(
    `  cross validation: area ${area.toFixed(4)}, threshold ${threshold.toFixed(2)}; called an attack: ${parts[0]} of attacks, ${parts[1]} of ordinary texts, ${parts[2]} of those alike`,
  );
  for (const set of new Set(bags.map(({ example }) => example.set))) {
    for (const attack of [true, false]) {
      const some = of((example) => example.set === set && example.attack === attack);
      if (some.length === 0) continue;
      const part = partAbove(some, threshold).toFixed(3);
      console.log(`    ${set}, ${some.length} ${attack ? 'attacks' : 'harmless'}: ${part}`);
    }
  }
  return threshold;
}

function write(): void {
  const file = path.resolve(import.meta.dirname, '../../src/injection/model/weights.ts');
  const made = {
    date: new Date().toISOString().slice(0, 10),
    sets: Object.keys(rowSchemas),
    part: 'the development halves: categories, kinds and documents by hash (training/injection/parts.ts), and own phrases',
  };
  const text = `// Written by training/injection/train.ts; then formatted.
import type { HeadName } from '${beside('heads')}';
import type { TrainedHead } from '${beside('linear-model')}';

export const trained: {
  readonly date: string;
  readonly sets: readonly string[];
  readonly part: string;
  readonly heads: { readonly [head in HeadName]: TrainedHead };
} = ${JSON.stringify({ ...made, heads })};
`;
  writeFileSync(file, text);
  console.log(`${file}: ${text.length} bytes`);
}

/** A file beside the one that is written. */
function beside(name: string): string {
  return `./${name}.ts`;
}
