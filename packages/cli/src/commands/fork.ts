import { forkRun } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { choice } from '../command/option-values.ts';
import { carryOutFork, detachOption } from '../compose/carry-out-fork.ts';
import { readAssignments } from '../inputs/assignments.ts';

const sideEffects = ['live', 'recorded', 'deny'] as const;

export const fork = defineCommand({
  name: 'fork',
  summary: 'Does a run again from some steps on, as a new run; what came before them is kept.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: {
    from: { type: 'list', value: 'step', about: 'a step to begin from, by its path: findings[3].search' },
    set: {
      type: 'list',
      value: 'path=value',
      about: 'another value for inputs.<name>, steps.<path>.output or steps.<path>.input',
    },
    'side-effects': {
      type: 'value',
      value: sideEffects.join('|'),
      about:
        'steps with an effect have it again, give what they gave, or fail; absent: as in that run, and live when it is no fork',
    },
    detach: detachOption,
    json: jsonOption,
  },
  examples: ['telos fork last --from publish', 'telos fork last --set steps.draft.output.title="A better title"'],
  run({ words: [word = ''], options }, terminal) {
    const { from } = options;
    const set = readAssignments(options.set);
    if (from.length === 0 && Object.keys(set).length === 0) {
      throw new TelosError('USAGE', '`telos fork` needs a step to begin from, or something to set.', {
        next: 'Write --from <step>, or --set path=value; `telos retry` does again what did not succeed.',
      });
    }
    const effects = choice('side-effects', options['side-effects'], sideEffects);
    return carryOutFork(word, options, terminal, (engine, source) =>
      forkRun(engine, source, { from, set, ...(effects === undefined ? {} : { sideEffects: effects }) }),
    );
  },
});
