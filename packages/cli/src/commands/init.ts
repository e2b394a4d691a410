import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';
import { defineCommand, jsonOption } from '../command/command.ts';
import { templatesFolder } from '../compose/installation.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeNewFile } from '../output/write-new-file.ts';
import { tableLines } from '../output/table.ts';
import { writerOf } from '../output/writer.ts';

export const init = defineCommand({
  name: 'init',
  summary: 'Writes a workflow to start from into the working directory; without a name, lists them.',
  words: [{ name: 'template', about: 'the name of a template', needed: 'optional' }],
  options: { force: { type: 'flag', about: 'write over a file of that name' }, json: jsonOption },
  examples: ['telos init', 'telos init ask_folder'],
  async run({ words: [name], options }, terminal) {
    const writer = writerOf(terminal, options.json);
    const templates = readTemplates();
    if (name === undefined) {
      for (const template of templates) writer.object({ type: 'template', ...template });
      writer.lines(
        ...tableLines(
          templates.map(({ name: known, description }) => [known, description]),
          terminal.size().columns,
        ),
      );
      writer.lines('', 'Write one with `telos init <name>`.');
      return exitCodes.succeeded;
    }
    if (!templates.some((template) => template.name === name)) {
      const names = templates.map((template) => template.name);
      const near = nearest(name, names) ?? names.find((known) => known.includes(name.replaceAll('-', '_')));
      throw new TelosError(
        'USAGE',
        `There is no template ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
        {
          next: `There are ${names.join(', ')}.`,
        },
      );
    }
    const file = `${name}.yaml`;
    writeNewFile(file, terminal.folder, readFileSync(join(templatesFolder(), file), 'utf8'), options.force);
    writer.object({ type: 'written', file });
    writer.lines(`Written to ${file}. Check it with \`telos check ${file}\`, run it with \`telos run ${file}\`.`);
    return exitCodes.succeeded;
  },
});

type Template = { readonly name: string; readonly description: string };

function readTemplates(): readonly Template[] {
  const folder = templatesFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => ({
      name: file.slice(0, -'.yaml'.length),
      description: descriptionOf(readFileSync(join(folder, file), 'utf8')),
    }));
}

/** The one line that templates keep their description on. */
function descriptionOf(source: string): string {
  return /^description:\s*(.+)$/m.exec(source)?.[1]?.trim() ?? '';
}
