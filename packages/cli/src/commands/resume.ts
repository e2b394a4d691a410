import { randomUUID } from 'node:crypto';
import { resumeRun } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { byWhom } from '../compose/by-whom.ts';
import { adviseWhenUnattended, withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { readBudget } from '../inputs/read-budget.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'Lets a paused run go on, perhaps with another budget.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: {
    budget: {
      type: 'value',
      value: 'usd=2,tokens=50k',
      about: 'what it may spend in all, in place of its budget: usd, tokens, wall (10m), calls',
    },
    step: { type: 'value', value: 'path', about: 'the step or block whose budget that is; absent: the run' },
    json: jsonOption,
  },
  examples: ['telos resume last --budget usd=2'],
  run({ words: [word = ''], options }, terminal) {
    const budget = options.budget === undefined ? {} : { budget: { ...readBudget(options.budget), onExceeded } };
    const path = options.step === undefined ? {} : { path: options.step };
    if (options.step !== undefined && options.budget === undefined)
      throw new TelosError('USAGE', '--step goes with --budget.', {
        next: 'Write it like --step draft --budget usd=2.',
      });
    return withStore(terminal, options.json, async (desk) => {
      const run = await findRun(desk.store, word);
      await resumeRun(desk, run, { id: randomUUID(), kind: 'resume', ...budget, ...path, ...byWhom() });
      desk.writer.object({ type: 'resuming', run });
      desk.writer.lines(`Asked for. Follow it with \`telos watch ${run}\`.`);
      await adviseWhenUnattended(desk, run);
      return exitCodes.succeeded;
    });
  },
});

/** Who raised a budget once wants to be asked again. */
const onExceeded = 'pause' as const;
