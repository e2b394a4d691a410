import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { loadConfig } from '../config/config.ts';
import { exitCodes } from '../exit-codes.ts';
import { tableLines } from '../output/table.ts';
import { writerOf } from '../output/writer.ts';

export const checks = defineCommand({
  name: 'checks',
  summary: 'Lists the checks that a gate may name.',
  words: [],
  options: { json: jsonOption },
  examples: [],
  async run({ options }, terminal) {
    const { catalog } = composeCatalogue(await loadConfig(terminal.environment, terminal.folder), terminal.folder);
    const writer = writerOf(terminal, options.json);
    const all = [...catalog.checks.values()].toSorted((a, b) => a.name.localeCompare(b.name));
    for (const { name, description, needs } of all) writer.object({ type: 'check', name, needs, description });
    const rows = all.map(({ name, needs, description }) => [
      name,
      needs === 'model' ? 'asks a model' : 'local',
      description,
    ]);
    writer.lines(...tableLines(rows, terminal.size().columns));
    return exitCodes.succeeded;
  },
});
