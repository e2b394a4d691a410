import { randomUUID } from 'node:crypto';
import { defineCommand, jsonOption } from '../command/command.ts';
import { byWhom } from '../compose/by-whom.ts';
import { adviseWhenUnattended, withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';

export const pause = defineCommand({
  name: 'pause',
  summary: 'Asks that a run be paused: no step is started any more, what is under way ends by itself.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: { note: { type: 'value', value: 'text', about: 'why; kept with the run' }, json: jsonOption },
  examples: ['telos pause last --note "until Monday"'],
  run({ words: [word = ''], options }, terminal) {
    return withStore(terminal, options.json, async (desk) => {
      const run = await findRun(desk.store, word);
      const note = options.note === undefined ? {} : { note: options.note };
      await desk.store.inbox.post(run, { id: randomUUID(), kind: 'pause', ...note, ...byWhom() });
      desk.writer.object({ type: 'pausing', run });
      desk.writer.lines(`Asked for. \`telos resume ${run}\` lets it go on.`);
      await adviseWhenUnattended(desk, run);
      return exitCodes.succeeded;
    });
  },
});
