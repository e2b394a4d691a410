import { TelosError } from '@telos/core';
import type { AnyTool } from '@telos/core';
import { serversIn, toolsOfServers } from '@telos/language';
import type { Catalog } from '@telos/language';
import { nearest } from '@telos/language/text';
import { toolJsonSchemas } from '@telos/tools';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { fieldLines } from '../output/field-lines.ts';
import { tableLines } from '../output/table.ts';
import { writerOf } from '../output/writer.ts';
import type { Writer } from '../output/writer.ts';

export const tools = defineCommand({
  name: 'tools',
  summary: 'Lists the tools that `uses:` may name; with a name, what that tool takes and gives.',
  words: [{ name: 'tool', about: 'the name of a tool', needed: 'optional' }],
  options: { json: jsonOption },
  examples: ['telos tools', 'telos tools http.request'],
  async run({ words: [name], options }, terminal) {
    const { catalog } = composeCatalogue(await loadConfig(terminal.environment, terminal.folder), terminal.folder);
    const writer = writerOf(terminal, options.json);
    const known = [...catalog.tools.values(), ...toolsOfServers(catalog)];
    if (name !== undefined) {
      const tool = known.find((one) => one.name === name);
      if (tool === undefined)
        throw unknownTool(
          name,
          known.map((one) => one.name),
        );
      showTool(tool, writer);
      return exitCodes.succeeded;
    }
    const all = known.toSorted((a, b) => a.name.localeCompare(b.name));
    for (const tool of all) writer.object(summaryOf(tool));
    writer.lines(
      ...tableLines(
        all.map(({ name: tool, effect, description }) => [tool, effect, description.replaceAll(/\s+/g, ' ')]),
        terminal.size().columns,
      ),
      ...serverLines(catalog),
      '',
      'What one takes and gives: `telos tools <name>`.',
    );
    return exitCodes.succeeded;
  },
});

/** Servers of telos.yaml of which nothing can be listed, or not all. */
function serverLines({ shared, servers }: Catalog): readonly string[] {
  const lines = serversIn(shared?.tools ?? {}).flatMap(({ connection, settings }) => {
    const server = servers?.known(connection, settings);
    if (server === undefined) return [];
    if (!('tools' in server)) return [`${connection}.*  ${server.unknown}; \`telos mcp pin\` does`];
    return Object.entries(server.heldBack).map(([name, reason]) => `${connection}.${name}  held back: ${reason}`);
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function showTool(tool: AnyTool, writer: Writer): void {
  const { input, output } = toolJsonSchemas(tool);
  writer.object({ ...summaryOf(tool), input, output });
  const gives = fieldLines(output, 'given');
  writer.lines(
    `${tool.name}  ${tool.effect}`,
    tool.description,
    '',
    'with',
    ...fieldLines(input, 'taken').map(indented),
  );
  if (gives.length > 0) writer.lines('', 'gives', ...gives.map(indented));
}

function summaryOf({ name, description, effect, returns }: AnyTool) {
  return { type: 'tool', name, effect, labels: returns, description } as const;
}

function unknownTool(name: string, known: readonly string[]): TelosError {
  const near = nearest(name, known);
  return new TelosError('USAGE', `There is no tool ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: '`telos tools` lists them.',
  });
}

function indented(line: string): string {
  return `  ${line}`;
}
