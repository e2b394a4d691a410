import { callbackView } from '@telos/api/callbacks';
import { callAgain } from '@telos/api/runs';
import { defineCommand, jsonOption } from '../command/command.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { callbackLine } from '../output/callback-line.ts';

const most = 200;

export const callbacks = defineCommand({
  name: 'callbacks',
  summary: 'Lists ends of runs that could not be posted so far, or were given up; with a run, posts its end again.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'optional' }],
  options: { json: jsonOption },
  examples: ['telos callbacks', 'telos callbacks last'],
  run({ words: [word], options }, terminal) {
    return withStore(terminal, options.json, async ({ store, writer }) => {
      if (word !== undefined) {
        const run = await findRun(store, word);
        await callAgain({ store }, run);
        writer.object({ type: 'owed', run });
        writer.lines(`The end of ${run} is posted again by \`telos serve\` or \`telos worker\`.`);
        return exitCodes.succeeded;
      }
      const troubled = await store.callbacks.troubled(most);
      for (const callback of troubled) {
        writer.object({ type: 'callback', run: callback.run, ...callbackView(callback) });
        writer.lines(`${callback.run}  ${callbackLine(callback)}`);
      }
      if (troubled.length === 0) writer.lines('No end of a run waits to be posted again, and none was given up.');
      return exitCodes.succeeded;
    });
  },
});
