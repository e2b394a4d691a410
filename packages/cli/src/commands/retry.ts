import { retryRun } from '@telos/api/runs';
import { defineCommand, jsonOption } from '../command/command.ts';
import { carryOutFork, detachOption } from '../compose/carry-out-fork.ts';

export const retry = defineCommand({
  name: 'retry',
  summary: 'Does again what did not succeed in a run that has ended, as a new run; what succeeded is kept.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: { detach: detachOption, json: jsonOption },
  examples: ['telos retry last'],
  run({ words: [word = ''], options }, terminal) {
    return carryOutFork(word, options, terminal, (engine, source) => retryRun(engine, source));
  },
});
