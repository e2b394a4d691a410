import { randomUUID } from 'node:crypto';
import { defineCommand, jsonOption } from '../command/command.ts';
import { openStore } from '../compose/open-store.ts';
import { loadConfig } from '../config/config.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { writerOf } from '../output/writer.ts';

export const cancel = defineCommand({
  name: 'cancel',
  summary: 'Asks that a run be cancelled: calls under way are aborted, what they gave so far is kept.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: {
    reason: { type: 'value', value: 'text', about: 'why; kept with the run' },
    json: jsonOption,
  },
  examples: [],
  async run({ words: [word = ''], options }, terminal) {
    const config = await loadConfig(terminal.environment, terminal.folder);
    const store = await openStore(config);
    try {
      const run = await findRun(store, word);
      await store.inbox.post(run, { id: randomUUID(), kind: 'cancel', reason: options.reason ?? 'telos cancel' });
      const writer = writerOf(terminal, options.json);
      writer.object({ type: 'cancelling', run });
      writer.lines(`Asked for. Its worker cancels ${run}; see \`telos show ${run}\`.`);
      return exitCodes.succeeded;
    } finally {
      await store.close();
    }
  },
});
