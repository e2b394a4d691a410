import { signalRun } from '@telos/api/runs';
import { defineCommand, jsonOption } from '../command/command.ts';
import { byWhom } from '../compose/by-whom.ts';
import { adviseWhenUnattended, withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { readJson } from '../inputs/assignments.ts';

export const signal = defineCommand({
  name: 'signal',
  summary: 'Sends a signal to a run: to the step that waits for it, or to the next that will.',
  words: [
    { name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' },
    { name: 'name', about: 'the name of the signal', needed: 'one' },
    { name: 'payload', about: 'what it brings, as JSON; null when absent', needed: 'optional' },
  ],
  options: {
    id: { type: 'value', value: 'id', about: 'the same id twice is one signal' },
    json: jsonOption,
  },
  examples: [`telos signal last answer '{ "accepted": true }'`],
  run({ words: [word = '', name = '', text], options }, terminal) {
    const payload = text === undefined ? null : readJson('The payload', text);
    return withStore(terminal, options.json, async (desk) => {
      const run = await findRun(desk.store, word);
      const named = options.id === undefined ? {} : { id: options.id };
      const { waiting } = await signalRun(desk, run, { ...named, name, payload, ...byWhom() });
      desk.writer.object({ type: 'signalled', run, name, waiting });
      desk.writer.lines(waiting ? `Sent to ${run}.` : `Sent to ${run}; it is kept until a step waits for ${name}.`);
      await adviseWhenUnattended(desk, run);
      return exitCodes.succeeded;
    });
  },
});
