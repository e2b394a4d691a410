import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { compiledProgram, currentProgram, startProgram } from '@telos/api/runs';
import type { Beside, ProgramInHand } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';
import { defineCommand, jsonOption } from '../command/command.ts';
import { carryOut } from '../compose/carry-out.ts';
import type { Engine } from '../compose/engine.ts';
import { buildSampleData } from '../compose/sample-data.ts';
import { withEngine } from '../compose/with-engine.ts';
import { exitCodes } from '../exit-codes.ts';
import { readBudget } from '../inputs/read-budget.ts';
import { readInputs } from '../inputs/read-inputs.ts';
import { readTerms } from '../inputs/read-terms.ts';
import { isFileName, libraryFile, libraryNames, readWorkflowFile, workflowBeside } from '../inputs/workflow-file.ts';
import { warningLines } from '../output/fault-lines.ts';
import { writerOf } from '../output/writer.ts';

export const run = defineCommand({
  name: 'run',
  summary:
    'Runs a workflow here and follows it to its end, or until it waits for a person or a signal (exit code 3). Ctrl-C cancels it; a second Ctrl-C leaves at once.',
  words: [{ name: 'workflow', about: 'a workflow file, or the name of one in workflows/ or published', needed: 'one' }],
  options: {
    input: { type: 'list', value: 'name=value', about: 'an input; JSON where the workflow takes no text' },
    inputs: { type: 'value', value: 'file.json', about: 'inputs from a JSON file; --input goes before it' },
    budget: {
      type: 'value',
      value: 'usd=1,tokens=50k',
      about: 'the most it may spend: usd, tokens, wall (10m), calls',
    },
    namespace: { type: 'value', value: 'name', about: 'whose run it is: namespaces take turns' },
    priority: { type: 'value', value: 'high|normal|low', about: 'how many turns it gets; normal when absent' },
    tag: { type: 'list', value: 'tag', about: 'a tag to find the run by' },
    detach: { type: 'flag', about: 'store the run and leave it to `telos serve`' },
    json: jsonOption,
  },
  examples: ['telos run workflows/ask_folder.yaml --input folder=docs --input question="What is a lease?"'],
  async run({ words: [word = ''], options }, terminal) {
    const budget = options.budget === undefined ? undefined : readBudget(options.budget);
    const terms = readTerms(options);
    const writer = writerOf(terminal, options.json);
    return withEngine(terminal, { isAlone: !options.detach }, async (engine) => {
      buildSampleData(terminal.folder);
      const { inHand, beside } = await findWorkflow(engine, word, terminal.folder);
      if (terminal.isInteractive && !options.json) {
        for (const line of warningLines(inHand.warnings ?? [])) terminal.complain(`${line}\n`);
      }
      const inputs = readInputs(options.input, options.inputs, terminal.folder, inHand.program.inputs);
      const { run: id, workflow } = await startProgram(engine, inHand, {
        inputs,
        ...(beside === undefined ? {} : { beside }),
        ...(options.tag.length === 0 ? {} : { tags: options.tag }),
        ...(budget === undefined ? {} : { budget }),
        ...terms,
      });
      if (options.detach) {
        writer.object({ type: 'started', run: id, workflow });
        writer.lines(`Stored as ${id}; \`telos serve\` takes it up. Follow it with \`telos watch ${id}\`.`);
        return exitCodes.succeeded;
      }
      return carryOut(engine, id, terminal, writer);
    });
  },
});

type Found = { readonly inHand: ProgramInHand; readonly beside?: Beside };

/** The workflow that a word means: a file; else a name, looked for in `workflows/` and then among those published. */
async function findWorkflow(engine: Engine, word: string, folder: string): Promise<Found> {
  const { isWithheld, store } = engine;
  const file = isFileName(word) ? word : libraryFile(word, folder);
  if (file !== undefined) {
    return {
      inHand: await compiledProgram(engine, readWorkflowFile(file, folder, isWithheld)),
      beside: (id) => workflowBeside(id, file, folder, isWithheld),
    };
  }
  const current = await currentProgram(store, word);
  if (current !== undefined) return { inHand: current };
  // A folder, or a file without an ending: reading it says what it is.
  if (existsSync(resolve(folder, word)))
    return { inHand: await compiledProgram(engine, readWorkflowFile(word, folder, isWithheld)) };
  const published = (await store.programs.published()).map(({ id }) => id);
  const near = nearest(word, [...libraryNames(folder), ...published]);
  throw new TelosError(
    'WORKFLOW_NOT_FOUND',
    `There is no workflow ${word}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    {
      next: 'Name a workflow file, like workflows/ask_folder.yaml, or write one with `telos init`.',
    },
  );
}
