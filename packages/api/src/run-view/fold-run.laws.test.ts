/**
 * Two folds read a journal: `evolve`, which the engine decides by, and
 * `foldRun`, which the pages show. What both know of a run they know alike.
 */
import { hasEnded } from '@telos/core';
import type { RunEvent, RunState } from '@telos/core';
import { answersFrom, drawsFrom, randomProgram, simulate, stateOf } from '@telos/core/testing';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldRun } from './fold-run.ts';
import type { FoldedRun } from './folded-run.ts';

/** What the engine's state says that a page shows too. */
function shownBy({ phase, usage, steps, blocks }: RunState) {
  return {
    status: phase.status,
    usage,
    ...('outputs' in phase ? { outputs: phase.outputs } : {}),
    ...('error' in phase ? { error: phase.error } : {}),
    steps: Array.from(steps, ([path, step]) => ({
      path,
      // Between two attempts a step waits, as a page says it.
      status: step.status === 'retrying' ? 'waiting' : step.status,
      opening: blocks.get(path),
      ...('output' in step ? { output: step.output } : {}),
      ...(step.status === 'failed' ? { error: step.error } : {}),
      ...(step.status === 'retrying' ? { dueAt: step.dueAt, attempt: step.attempt - 1 } : {}),
      ...(step.status === 'waiting' ? { wait: { id: step.id, since: step.since, for: step.wait } } : {}),
      ...(step.status === 'running' || step.status === 'succeeded' ? { labels: step.labels } : {}),
      ...('gate' in step ? { gate: step.gate } : {}),
      ...('attempt' in step && step.status !== 'retrying' ? { attempt: step.attempt } : {}),
      ...('usage' in step && !blocks.has(path) ? { usage: step.usage } : {}),
    })),
  };
}

/** The same of a page's fold, with only the fields that the state has. */
function sameOf({ status, usage, outputs, error, steps }: FoldedRun, expected: ReturnType<typeof shownBy>) {
  return {
    status,
    usage,
    ...(outputs === undefined ? {} : { outputs }),
    ...(error === undefined ? {} : { error }),
    steps: Array.from(steps.values(), (step, index) => {
      const last = step.attempts.at(-1);
      const all = {
        path: step.place.path,
        status: step.status,
        opening: step.opening,
        output: last?.output,
        error: step.error,
        dueAt: last?.retryAt ?? last?.endedAt,
        labels: step.labels,
        gate: step.gate,
        attempt: last?.attempt,
        usage: step.usage,
        wait: step.wait,
      };
      return Object.fromEntries(Object.entries(all).filter(([name]) => name in (expected.steps[index] ?? all)));
    }),
  };
}

function expectAgreement(journal: readonly RunEvent[]): void {
  const expected = shownBy(stateOf(...journal.slice(1)));
  const folded = foldRun(journal.map((event, index) => ({ run: 'run', seq: index + 1, event })));
  if (folded === undefined) throw new Error('The journal has no run.');
  expect(sameOf(folded, expected)).toEqual(expected);
}

it("The engine's fold and the pages' fold agree on every run, finished, cancelled or under way", () => {
  fc.assert(
    fc.property(
      randomProgram,
      fc.integer(),
      fc.integer(),
      fc.option(fc.nat(30), { nil: undefined }),
      fc.nat(),
      (planned, world, order, cancelAt, cut) => {
        const run = simulate(planned, { answer: answersFrom(world), draw: drawsFrom(order), fatal: true });
        for (let turn = 0; !hasEnded(run.state); turn += 1) {
          if (turn === cancelAt) run.cancel();
          if (!hasEnded(run.state)) run.advance();
        }
        expectAgreement(run.journal);
        expectAgreement(run.journal.slice(0, 1 + (cut % run.journal.length)));
      },
    ),
    { numRuns: 200 },
  );
});
