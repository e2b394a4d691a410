import { TelosError } from '@telos/core';
import type { InputSpec, JsonObject } from '@telos/core';
import { completeInputs } from '../complete-inputs.ts';
import type { Report } from '../resolve/finding.ts';
import { createSchemas } from '../schemas/create-schemas.ts';
import { fieldOf, isList, isObject, objectField } from '../text/json-shape.ts';
import type { ExperimentOptions, Located } from './experiment-options.ts';
import type { ExperimentRow } from './experiment.ts';
import { readDataset } from './read-dataset.ts';
import type { FoundVariant } from './variants.ts';

/** The rows of the file that is named, or those that stand there; each must fit every variant. */
export function rowsOf(
  document: JsonObject,
  variants: readonly FoundVariant[],
  specs: { readonly [name: string]: InputSpec },
  { readFile, limit }: ExperimentOptions,
  report: Report,
  add: Located,
): readonly ExperimentRow[] {
  const written = fieldOf(document, 'dataset');
  if (isList(written)) {
    const rows = written.slice(0, limit).flatMap((row, index): ExperimentRow[] => {
      if (!isObject(row)) return [];
      const id = fieldOf(row, 'id');
      return [
        {
          id: typeof id === 'string' || typeof id === 'number' ? String(id) : String(index + 1),
          inputs: objectField(row, 'inputs') ?? {},
          expected: fieldOf(row, 'expected') ?? null,
        },
      ];
    });
    const seen = new Set<string>();
    for (const [index, { id, inputs }] of rows.entries()) {
      const place = ['dataset', index];
      if (seen.has(id)) report({ code: 'DUPLICATE_ID', place, message: `there is a row \`${id}\` already` });
      seen.add(id);
      for (const message of misfits(inputs, variants)) report({ code: 'INPUT_INVALID', place, message });
    }
    return rows;
  }
  if (typeof written !== 'string') return [];
  let found: ReturnType<ExperimentOptions['readFile']>;
  try {
    found = readFile(written);
  } catch (error) {
    if (!(error instanceof TelosError)) throw error;
    report({ code: error.code, place: ['dataset'], message: error.message, hint: error.next });
    return [];
  }
  if (found === undefined) {
    const message = `the dataset \`${written}\` cannot be read`;
    report({ code: 'FILE_MISSING', place: ['dataset'], message, hint: 'the path is relative to the experiment file' });
    return [];
  }
  const { file } = found;
  const dataset = readDataset(found.text, file, specs);
  for (const fault of dataset.faults) add(fault);
  const rows = dataset.rows.slice(0, limit);
  for (const { inputs, line } of rows) {
    for (const message of misfits(inputs, variants))
      add({ code: 'INPUT_INVALID', file, line, column: 1, path: 'inputs', message });
  }
  return rows.map(({ line: _, ...row }) => row);
}

const schemas = createSchemas();

/** What keeps a row from being run, in one line for each variant that cannot take it; said once where they agree. */
function misfits(inputs: JsonObject, variants: readonly FoundVariant[]): readonly string[] {
  const messages = variants.flatMap((variant) => {
    try {
      const specs = variant.compiled.program.inputs;
      // What a variant gives and the workflow does not take is said at the variant.
      const own = Object.entries(variant.inputs).filter(([name]) => Object.hasOwn(specs, name));
      completeInputs(specs, { ...inputs, ...Object.fromEntries(own) }, schemas);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
  return [...new Set(messages)];
}
