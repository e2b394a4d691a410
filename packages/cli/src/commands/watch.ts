import { defineCommand, jsonOption } from '../command/command.ts';
import { isUnattended, unattendedAdvice } from '../compose/is-unattended.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { followRun } from '../output/follow-run.ts';

export const watch = defineCommand({
  name: 'watch',
  summary: 'Follows a run that another process carries out, until it ends. Ctrl-C stops watching; the run goes on.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: { json: jsonOption },
  examples: ['telos watch last'],
  run({ words: [word = ''], options }, terminal) {
    return withStore(terminal, options.json, async ({ store, writer }) => {
      const watching = new AbortController();
      const stopListening = terminal.onInterrupt(() => watching.abort());
      try {
        const run = await findRun(store, word);
        if (await isUnattended(store, run)) terminal.complain(`${unattendedAdvice}\n`);
        const status = await followRun({ store, run, terminal, writer, signal: watching.signal });
        return status === undefined ? exitCodes.cancelled : exitCodeOf(status);
      } finally {
        stopListening();
      }
    });
  },
});
