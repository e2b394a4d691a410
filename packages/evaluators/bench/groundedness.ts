/**
 * Measures the local faithfulness check on labelled claims.
 *
 *   node --conditions=source packages/evaluators/bench/groundedness.ts <data.jsonl ...>
 *
 * Rows: { id, document, claim, label: 1 supported | 0 not, reason? }. Rows whose
 * id hashes to an even byte were used to choose the check's constants, the
 * others were not. Balanced accuracy is the mean of the two rates shown.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { faithfulness } from '../src/checks/faithfulness.ts';

const Row = z.object({
  id: z.string(),
  document: z.string(),
  claim: z.string(),
  label: z.union([z.literal(0), z.literal(1)]),
});

const files = process.argv.slice(2);
if (files.length === 0) throw new Error('Name one or more files of labelled claims.');
const context = { signal: new AbortController().signal, record: () => {} };

console.log('set                     half       rows  supported kept  others caught  balanced accuracy');
for (const file of files) {
  const rows = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => Row.parse(JSON.parse(line)));
  const judged = [];
  for (const { id, document, claim, label } of rows) {
    const subject = { value: claim, text: claim, input: null, sources: { document } };
    const { score } = await faithfulness.score(subject, { min: 1 }, context);
    judged.push({
      heldOut: (createHash('sha256').update(id).digest()[0] ?? 0) % 2 === 1,
      label,
      right: (score === 1) === (label === 1),
    });
  }
  for (const [name, half] of [
    ['chosen on', judged.filter(({ heldOut }) => !heldOut)],
    ['held out', judged.filter(({ heldOut }) => heldOut)],
  ] as const) {
    const rate = (label: 0 | 1): number => {
      const all = half.filter((each) => each.label === label);
      return all.filter(({ right }) => right).length / all.length;
    };
    const [kept, caught] = [rate(1), rate(0)];
    const set = path.basename(path.dirname(file)).padEnd(22);
    console.log(
      `${set}  ${name.padEnd(9)}  ${String(half.length).padStart(4)}  ${kept.toFixed(3).padStart(14)}  ${caught.toFixed(3).padStart(13)}  ${((kept + caught) / 2).toFixed(3).padStart(17)}`,
    );
  }
}
