import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { tableLines } from '../output/table.ts';
import { writerOf } from '../output/writer.ts';

export const models = defineCommand({
  name: 'models',
  summary: 'Lists the models that can be called, and what keeps the others from it.',
  words: [],
  options: { json: jsonOption },
  examples: [],
  async run({ options }, terminal) {
    const catalogue = composeCatalogue(await loadConfig(terminal.environment, terminal.folder), terminal.folder);
    const writer = writerOf(terminal, options.json);
    const all = await catalogue.models.list();
    for (const model of all) writer.object({ type: 'model', ...model });
    const rows = all.map(({ ref, kind, available, note, price }) => [
      available ? '✓' : '✗',
      ref,
      kind,
      price === undefined ? '' : `$${price.input} / $${price.output} per million tokens`,
      note ?? '',
    ]);
    writer.lines(...tableLines(rows, terminal.size().columns));
    return exitCodes.succeeded;
  },
});
