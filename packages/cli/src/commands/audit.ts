import { auditEntryView } from '@telos/api/trace';
import { defineCommand, jsonOption } from '../command/command.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { tableLines } from '../output/table.ts';

const most = 200;

export const audit = defineCommand({
  name: 'audit',
  summary: 'Lists who had what done by the API of servers with keys, last first.',
  words: [
    { name: 'subject', about: "a run's, a workflow's or an approval's id; everything when absent", needed: 'optional' },
  ],
  options: {
    by: { type: 'value', value: 'name', about: 'what one person had done' },
    action: { type: 'value', value: 'name', about: 'one action: startRun, cancelRun, decide, publishWorkflow' },
    json: jsonOption,
  },
  examples: ['telos audit', 'telos audit --by anna'],
  run({ words: [subject], options: { by, action, json } }, terminal) {
    return withStore(terminal, json, async ({ store, writer }) => {
      const filter = {
        ...(subject === undefined ? {} : { subject }),
        ...(by === undefined ? {} : { by }),
        ...(action === undefined ? {} : { action }),
      };
      const { items } = await store.audit.list(filter, most);
      const rows = items.map(auditEntryView);
      for (const row of rows) writer.object({ type: 'entry', ...row });
      const cells = rows.map(({ at, by: person = '-', action: done, subject: what = '', address }) => [
        at,
        person,
        done,
        what,
        address,
      ]);
      writer.lines(...(rows.length === 0 ? ['Nothing is noted.'] : tableLines(cells, terminal.size().columns)));
      return exitCodes.succeeded;
    });
  },
});
