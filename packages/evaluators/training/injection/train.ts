/**
 * Trains the heads of `injection`, `jailbreak` and `tool_poisoning` and writes
 * them into the package.
 *
 *   node --conditions=source packages/evaluators/training/injection/train.ts [folder of sets] [--head name] [--write]
 *
 * Learns from the development halves of the labelled sets (shared-sets.ts),
 * from ordinary texts of other sets, from half of the READMEs of the packages
 * that are installed, and from the phrases beside it. The held-out halves are
 * not looked at. Prints how each head does in cross validation, where a line of
 * phrases, a category or a kind is never on both sides; the threshold comes
 * from there too: what is harmless may be called an attack as often as
 * `mistaken` says.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { headNames } from '../../src/injection/model/heads.ts';
import type { HeadName } from '../../src/injection/model/heads.ts';
import type { TrainedHead } from '../../src/injection/model/linear-model.ts';
import { trained } from '../../src/injection/model/weights.ts';
import { textsOfTool } from '../../src/injection/texts-of-tool.ts';
import { bagOf } from './bag.ts';
import type { Bag } from './bag.ts';
import { fitHead, scoreOf } from './fit-head.ts';
import type { FitOptions } from './fit-head.ts';
import { areaUnder, highest, partAbove } from './separation.ts';
import { readSharedSets } from './shared-sets.ts';
import { storeModel } from './store-model.ts';
import { trainingSet } from './training-sets.ts';

const options: FitOptions = { penalties: [0.05, 0.05, 0.1], rounds: 3, fewestGroups: 4, attackShare: 1 };
const folds = 4;

/** Of ordinary texts, and of our own harmless phrases, which are made to look like attacks. */
const mistaken: { readonly [head in HeadName]: { readonly ordinary: number; readonly alike: number } } = {
  message: { ordinary: 0.007, alike: 0.015 },
  jailbreak: { ordinary: 0.007, alike: 0.015 },
  document: { ordinary: 0.007, alike: 0.05 },
  tool: { ordinary: 0.015, alike: 0.04 },
};

const words = process.argv.slice(2);
const only = words.includes('--head') ? words[words.indexOf('--head') + 1] : undefined;
const folder =
  words.find((word) => !word.startsWith('--') && word !== only) ??
  path.resolve(import.meta.dirname, '../../../../../shared/data');
const sets = readSharedSets(folder, ({ name, description, input_schema }) =>
  textsOfTool({ name, description, input_schema: input_schema as never }).map(({ text }) => text),
);

const heads: { [name in HeadName]: TrainedHead } = { ...trained.heads };
for (const name of headNames) {
  if (only === undefined || only === name) heads[name] = trainedHead(name);
}
if (words.includes('--write')) write();

function trainedHead(name: HeadName): TrainedHead {
  const examples = trainingSet(name, sets, folder);
  const bags = examples.map((example) => bagOf(example, name));
  const attacks = examples.filter(({ attack }) => attack).length;
  console.log(`${name}: ${attacks} attacks, ${examples.length - attacks} harmless`);
  const scores = outOfFold(bags);
  const of = (choose: (bag: Bag) => boolean): readonly number[] => scores.filter((_, at) => choose(bags[at] as Bag)); // as many as scores
  const isOwn = ({ example }: Bag): boolean => /^benign|^chained/.test(example.set);
  const ordinary = of((bag) => !bag.example.attack && !isOwn(bag) && (name === 'tool' || bag.example.set !== 'readmes'));
  const alike = of((bag) => !bag.example.attack && isOwn(bag) && bag.example.disguise === undefined);
  const threshold = Math.max(highest(ordinary, mistaken[name].ordinary), highest(alike, mistaken[name].alike));
  const caught = of(({ example }) => example.attack);
  console.log(
    `  cross validation: area ${areaUnder(caught, of(({ example }) => !example.attack)).toFixed(4)}, threshold ${threshold.toFixed(2)}, ` +
      `attacks found ${partAbove(caught, threshold).toFixed(3)}, ordinary ${partAbove(ordinary, threshold).toFixed(4)}, alike ${partAbove(alike, threshold).toFixed(4)}`,
  );
  for (const set of new Set(examples.map((each) => each.set))) {
    for (const attack of [true, false]) {
      const found = of(({ example }) => example.set === set && example.attack === attack);
      if (found.length > 0) {
        console.log(`    ${attack ? 'attack' : 'harmless'} ${set} ${found.length}: ${partAbove(found, threshold).toFixed(3)}`);
      }
    }
  }
  return {
    ...storeModel(fitHead(bags, options).weights),
    threshold: Number(threshold.toPrecision(4)),
    attacks,
    harmless: examples.length - attacks,
  };
}

function outOfFold(bags: readonly Bag[]): readonly number[] {
  const foldOf = ({ example }: Bag): number => {
    let hash = 7;
    for (const sign of example.group) hash = (Math.imul(hash, 31) + (sign.codePointAt(0) ?? 0)) >>> 0;
    return hash % folds;
  };
  const scores = Array.from(bags, () => 0);
  for (let fold = 0; fold < folds; fold += 1) {
    const fit = fitHead(
      bags.filter((bag) => foldOf(bag) !== fold),
      options,
    );
    for (const [at, bag] of bags.entries()) if (foldOf(bag) === fold) scores[at] = scoreOf(bag, fit);
  }
  return scores;
}

function write(): void {
  const file = path.resolve(import.meta.dirname, '../../src/injection/model/weights.ts');
  const made = {
    date: new Date().toISOString().slice(0, 10),
    sets: ['injection_direct', 'jailbreak_artifacts', 'moderation_xstest', 'injection_indirect_docs', 'injection_indirect_bipia', 'tool_poisoning'],
    part: 'the development halves: categories, kinds and documents by hash (training/injection/shared-sets.ts), and own phrases',
  };
  const text = `// Written by training/injection/train.ts; then formatted.
import type { HeadName } from './heads.ts';
import type { TrainedHead } from './linear-model.ts';

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
