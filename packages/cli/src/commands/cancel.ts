import { randomUUID } from 'node:crypto';
import { defineCommand, jsonOption } from '../command/command.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';

export const cancel = defineCommand({
  name: 'cancel',
  summary: 'Asks that a run be cancelled: calls under way are aborted, what they gave so far is kept.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: {
    reason: { type: 'value', value: 'text', about: 'why; kept with the run' },
    json: jsonOption,
  },
  examples: [],
  run({ words: [word = ''], options }, terminal) {
    return withStore(terminal, options.json, async (desk) => {
      const run = await findRun(desk.store, word);
      await desk.store.inbox.post(run, { id: randomUUID(), kind: 'cancel', reason: options.reason ?? 'telos cancel' });
      desk.writer.object({ type: 'cancelling', run });
      desk.writer.lines(`Asked for. Its worker cancels ${run}; see \`telos show ${run}\`.`);
      return exitCodes.succeeded;
    });
  },
});
