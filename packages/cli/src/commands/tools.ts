import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { loadConfig } from '../config/config.ts';
import { exitCodes } from '../exit-codes.ts';
import { tableLines } from '../output/table.ts';
import { writerOf } from '../output/writer.ts';

export const tools = defineCommand({
  name: 'tools',
  summary: 'Lists the tools that `uses:` may name.',
  words: [],
  options: { json: jsonOption },
  examples: [],
  async run({ options }, terminal) {
    const { catalog } = composeCatalogue(await loadConfig(terminal.environment, terminal.folder), terminal.folder);
    const writer = writerOf(terminal, options.json);
    const all = [...catalog.tools.values()].toSorted((a, b) => a.name.localeCompare(b.name));
    for (const { name, description, effect, returns } of all)
      writer.object({ type: 'tool', name, effect, labels: returns, description });
    writer.lines(
      ...tableLines(
        all.map(({ name, effect, description }) => [name, effect, description]),
        terminal.size().columns,
      ),
    );
    return exitCodes.succeeded;
  },
});
