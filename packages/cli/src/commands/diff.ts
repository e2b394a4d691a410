import { comparedLimits, diffPayloads, diffRuns, loadPayloads, readFold } from '@telos/api/trace';
import type { FoldedRun } from '@telos/api/trace';
import type { Change, Changes, RunDiff } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { usageText } from '../output/amounts.ts';

export const diff = defineCommand({
  name: 'diff',
  summary: 'Compares two runs: the steps that differ, and where their inputs and outputs do.',
  words: [
    { name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' },
    { name: 'other', about: 'another run', needed: 'one' },
  ],
  options: { json: jsonOption },
  examples: ['telos diff 01j8 last'],
  run({ words: [first = '', second = ''], options }, terminal) {
    return withStore(terminal, options.json, async ({ store, writer }) => {
      const a = await foldOf(store, first);
      const b = await foldOf(store, second);
      const show = await loadPayloads(store.blobs, [...diffPayloads(a), ...diffPayloads(b)], comparedLimits);
      const compared = diffRuns(a, b, show);
      writer.object({ type: 'diff', ...compared });
      writer.lines(...diffLines(compared));
      return exitCodes.succeeded;
    });
  },
});

async function foldOf(store: Store, word: string): Promise<FoldedRun> {
  const run = await findRun(store, word);
  const read = await readFold(store.journal, run);
  if (read === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`);
  return read.folded;
}

function diffLines({ a, b, inputs, outputs, steps, same }: RunDiff): readonly string[] {
  return [
    `a  ${a.id}  ${a.workflow}  ${a.status}  ${usageText(a.usage)}`.trimEnd(),
    `b  ${b.id}  ${b.workflow}  ${b.status}  ${usageText(b.usage)}`.trimEnd(),
    ...(a.program === b.program ? [] : ['They are runs of different versions.']),
    ...changeLines('inputs', inputs),
    ...steps.flatMap((step) => {
      const status = [step.a?.status ?? 'not there', step.b?.status ?? 'not there'];
      const line = status[0] === status[1] ? step.path : `${step.path}  ${status.join(' → ')}`;
      return [line, ...changeLines('  input', step.input), ...changeLines('  output', step.output)];
    }),
    ...changeLines('outputs', outputs),
    `${same} steps are the same.`,
  ];
}

function changeLines(what: string, changes: Changes | undefined): readonly string[] {
  if (changes === undefined) return [];
  const lines = changes.changes.map(
    (change) => `${placeOf(what, change)}: ${sideOf(change, 'a')} → ${sideOf(change, 'b')}`,
  );
  return changes.whole ? lines : [...lines, `${what}: differs further, or is too large to be compared`];
}

function placeOf(what: string, { path }: Change): string {
  return path === '' || path.startsWith('[') ? `${what}${path}` : `${what}.${path}`;
}

function sideOf(change: Change, side: 'a' | 'b'): string {
  if (change[side] === undefined) return 'nothing';
  const text = JSON.stringify(change[side]);
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
