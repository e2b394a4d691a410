/**
 * Trains the model of `correctness` and writes it into the package.
 *
 *   node --conditions=source packages/evaluators/training/correctness.ts <labelled answers.jsonl> [--write]
 *
 * Rows: { id, question, golden, answer, label }, the id being the question's with
 * the answering system behind it (`nq-20-gpt4`). Questions whose id hashes to an
 * even byte train; the others are never looked at here. Prints the agreement
 * in five-fold cross validation, folds by question.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { agreementOf, confusionOf } from '../src/calibration/confusion.ts';
import { answerFeatures } from '../src/correctness/answer-features.ts';
import { likelihood } from '../src/trees/boosted-trees.ts';
import { trainTrees } from './boosted-trees.ts';

const Row = z.object({
  id: z.string().transform((id) => id.replace(/-[^-]*$/, '')),
  question: z.string(),
  golden: z.array(z.string()),
  answer: z.string(),
  label: z.union([z.literal(0), z.literal(1)]),
});
const options = { trees: 80, depth: 3, rate: 0.08, least: 20, smooth: 5 };

const [file, flag] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file of labelled answers.');
const rows = (await readFile(file, 'utf8'))
  .trim()
  .split('\n')
  .map((line) => Row.parse(JSON.parse(line)))
  .filter(({ id }) => byteOf(id, 0) % 2 === 0);
const featureNames = Object.keys(answerFeatures('', [], ''));
const features = rows.map(({ question, golden, answer }) => Object.values(answerFeatures(question, golden, answer)));
const labels = rows.map(({ label }) => label === 1);

const calls: number[] = [];
for (let fold = 0; fold < 5; fold += 1) {
  const isHeld = rows.map(({ id }) => byteOf(id, 1) % 5 === fold);
  const kept = [...rows.keys()].filter((at) => isHeld[at] !== true);
  const model = trainTrees(
    kept.map((at) => features[at] ?? []),
    kept.map((at) => labels[at] === true),
    options,
  );
  for (const [at, row] of features.entries())
    if (isHeld[at] === true) calls[at] = likelihood(model, row) >= 0.5 ? 1 : 0;
}
const { kappa, balancedAccuracy } = agreementOf(
  confusionOf(
    2,
    labels.map(Number),
    calls,
    rows.map(() => 1),
  ),
);
console.log(
  `${rows.length} rows, five folds by question: kappa ${kappa?.toFixed(4)}, balanced accuracy ${balancedAccuracy?.toFixed(4)}`,
);

if (flag === '--write') {
  const { bias, trees } = trainTrees(features, labels, options);
  const trained = {
    on: path.basename(path.dirname(path.resolve(file))),
    rows: rows.length,
    part: 'questions whose id has a SHA-256 that begins with an even byte',
    date: new Date().toISOString().slice(0, 10),
  };
  const way = `'../trees/boosted-trees.ts'`;
  const target = path.join(import.meta.dirname, '../src/correctness/correctness-model.ts');
  const lines = [
    '// Written by training/correctness.ts; then formatted.',
    `import { treesOf } from ${way};`,
    `import type { TreeModel } from ${way};`,
    '',
    'export const correctnessModel: TreeModel = {',
    `  trained: ${JSON.stringify(trained)},`,
    `  features: ${JSON.stringify(featureNames)},`,
    `  bias: ${bias},`,
    '  trees: treesOf(`',
    ...trees.map((tree) => JSON.stringify(tree)),
    '`),',
    '};',
  ];
  await writeFile(target, `${lines.join('\n')}\n`);
  console.log(`Wrote ${target}`);
}

function byteOf(text: string, at: number): number {
  return createHash('sha256').update(text).digest()[at] ?? 0;
}
