/**
 * compileExperiment: an experiment file, the workflows and the dataset that it
 * names become runs that can be started, or every fault in them, each in its
 * own file.
 */
import { canonicalJson, TelosError } from '@telos/core';
import type { CheckUse, InputSpec, Json, JsonObject, Requirements } from '@telos/core';
import type { Catalog, Child, Compiled } from '../compiled.ts';
import { compile } from '../compile.ts';
import { completeInputs } from '../complete-inputs.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import type { Fault } from '../fault.ts';
import { hashOf } from '../hash-of.ts';
import { enoughFaults, locatedFaults } from '../located-faults.ts';
import { readSource } from '../read/read-source.ts';
import { budgetOf } from '../resolve/budget.ts';
import type { Report } from '../resolve/finding.ts';
import { resolveJudging } from '../resolve/resolve-document.ts';
import { createSchemas } from '../schemas/create-schemas.ts';
import { withShared } from '../shared/with-shared.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isList, isObject, kindOf, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Experiment, ExperimentResult, ExperimentRow, Variant } from './experiment.ts';
import { experimentSchema } from './experiment-schema.ts';
import { readDataset } from './read-dataset.ts';

/** The text of a workflow that an experiment names. */
export type NamedWorkflow = {
  readonly source: string;
  /** As the user would name it; shown in faults. */
  readonly file: string;
  readonly readFile?: (path: string) => string | undefined;
  /** Workflows that its steps run. */
  readonly workflow?: (id: string) => Child | undefined;
};

export type ExperimentOptions = {
  readonly catalog: Catalog;
  /** Shown in faults. */
  readonly file: string;
  /** A workflow file by its path from the experiment's own folder; undefined when it cannot be read. */
  readonly workflow: (path: string) => Promise<NamedWorkflow | undefined>;
  /** Any other file, likewise, and its name to show. */
  readonly readFile: (path: string) => { readonly file: string; readonly text: string } | undefined;
  /** Of the rows, only so many. */
  readonly limit?: number;
};

/** More runs than this are a slip. */
const mostCells = 100_000;

/** Never rejects by itself, whatever the source. */
export async function compileExperiment(source: string, options: ExperimentOptions): Promise<ExperimentResult> {
  const { file } = options;
  const read = readSource(source, file);
  const faults = locatedFaults(read, file);
  const others: Fault[] = [];
  const document = read.value;
  if (!isObject(document)) {
    if (read.faults.length === 0) {
      const message = `an experiment is a map that begins with \`telos: 1\`, and this is ${document === null ? 'empty' : kindOf(document)}`;
      faults.report({ code: 'WRONG_TYPE', place: [], message });
    }
    return { ok: false, faults: faults.list() };
  }
  faults.upToEnough(() => {
    const issues = experimentSchema.safeParse(document, { jitless: true }).error?.issues ?? [];
    for (const fault of schemaFaults(issues.slice(0, enoughFaults), document)) faults.report(fault);
  });
  const variants = await variantsOf(document, options, faults.report, (fault) => others.push(fault));
  const made = faults.upToEnough(() =>
    assembled(document, variants, options, faults.report, (fault) => others.push(fault)),
  );
  const all = [...faults.list(), ...unlike(others)];
  return made === undefined || all.length > 0 ? { ok: false, faults: all } : { ok: true, experiment: made };
}

type Located = (fault: Fault) => void;
type FoundVariant = Variant & { readonly place: Place; readonly raw: Json };

async function variantsOf(
  document: JsonObject,
  options: ExperimentOptions,
  report: Report,
  add: Located,
): Promise<readonly FoundVariant[]> {
  const written = Object.entries(objectField(document, 'variants') ?? { default: {} });
  const compiled = new Map<string, Promise<CompiledFile | undefined>>();
  const found: FoundVariant[] = [];
  if (written.length === 0) {
    report({ code: 'INVALID_VALUE', place: ['variants'], message: 'there are no variants', hint: 'leave the key out' });
  }
  for (const [name, variant] of written) {
    const own = textField(variant, 'workflow');
    const path = own ?? textField(document, 'workflow');
    const place = ['variants', name];
    if (path === undefined) {
      const message = 'the key `workflow` is missing';
      report({ code: 'MISSING_KEY', place: [], at: 'key', message, hint: 'name the workflow file that is tried' });
      continue;
    }
    const at = own === undefined ? ['workflow'] : [...place, 'workflow'];
    const file = await (compiled.get(path) ??
      compileFile(path, options, add, (finding) => report({ ...finding, place: at })));
    compiled.set(path, Promise.resolve(file));
    const made = file === undefined ? undefined : overridden(file, variant, place, options, report);
    if (file === undefined || made === undefined) continue;
    const { readFile } = file.named;
    const inputs = objectField(variant, 'inputs') ?? {};
    found.push(defined({ ...made, name, workflow: path, readFile, inputs, place, raw: file.raw }));
  }
  return found;
}

type CompiledFile = { readonly named: NamedWorkflow; readonly compiled: Compiled; readonly raw: Json };

async function compileFile(
  path: string,
  { catalog, workflow }: ExperimentOptions,
  add: Located,
  report: (finding: Omit<Parameters<Report>[0], 'place'>) => void,
): Promise<CompiledFile | undefined> {
  let named: NamedWorkflow | undefined;
  try {
    named = await workflow(path);
  } catch (error) {
    if (!(error instanceof TelosError)) throw error;
    report(defined({ code: error.code, message: error.message, hint: error.next }));
    return undefined;
  }
  if (named === undefined) {
    report({
      code: 'FILE_MISSING',
      message: `the workflow \`${path}\` cannot be read`,
      hint: 'the path is relative to the experiment file',
    });
    return undefined;
  }
  const result = compile(named.source, { catalog, ...named });
  if (result.ok) return { named, compiled: result.compiled, raw: readSource(named.source, named.file).value };
  for (const fault of result.faults) add(fault);
  return undefined;
}

/** The workflow with other models and vars in place; its own text where the variant names none. */
function overridden(
  { named, compiled, raw }: CompiledFile,
  variant: Json,
  place: Place,
  { catalog }: ExperimentOptions,
  report: Report,
): Pick<Variant, 'compiled' | 'source'> | undefined {
  const document: { [key: string]: Json } = { ...(isObject(raw) ? raw : {}) };
  let isChanged = false;
  for (const part of ['models', 'vars'] as const) {
    const known = objectField(part === 'models' ? withShared(document, catalog) : document, part) ?? {};
    for (const [name, value] of Object.entries(objectField(variant, part) ?? {})) {
      if (Object.hasOwn(known, name)) {
        document[part] = { ...objectField(document, part), [name]: value };
        isChanged = true;
        continue;
      }
      const what = part === 'models' ? 'alias of a model' : 'var';
      const hint = suggestion(name, Object.keys(known)) ?? `declare it under \`${part}:\` of the workflow`;
      const message = `the workflow has no ${what} \`${name}\``;
      report({ code: 'UNKNOWN_NAME', place: [...place, part, name], at: 'key', message, hint });
    }
  }
  if (!isChanged) return { compiled, source: named.source };
  const source = JSON.stringify(document, null, 2);
  const result = compile(source, { ...named, catalog });
  if (result.ok) return { compiled: result.compiled, source };
  // The workflow compiled without the variant: what is wrong comes from it.
  for (const { code, path, message, hint } of result.faults.slice(0, 3)) {
    const what = `with this variant the workflow has a fault at \`${path}\`: ${message}`;
    report(defined({ code: code as Parameters<Report>[0]['code'], place, message: what, hint })); // a fault's code is one of the catalogue
  }
  return undefined;
}

function assembled(
  document: JsonObject,
  variants: readonly FoundVariant[],
  options: ExperimentOptions,
  report: Report,
  add: Located,
): Experiment | undefined {
  const specs: { readonly [name: string]: InputSpec } = Object.assign(
    {},
    ...variants.map(({ compiled }) => compiled.program.inputs),
  ) as { [name: string]: InputSpec }; // each is of that form
  checkInputsOfVariants(variants, report);
  const rows = rowsOf(document, variants, specs, options, report, add);
  const [first] = variants;
  const baseline = textField(document, 'baseline') ?? first?.name;
  const names = Object.keys(objectField(document, 'variants') ?? { default: {} });
  if (baseline !== undefined && !names.includes(baseline)) {
    const hint = suggestion(baseline, names) ?? `there are ${names.join(', ')}`;
    report({ code: 'UNKNOWN_NAME', place: ['baseline'], message: `there is no variant \`${baseline}\``, hint });
  }
  const number = (key: string, standard: number): number => {
    const value = fieldOf(document, key);
    return typeof value === 'number' ? value : standard;
  };
  const repetitions = number('repetitions', 1);
  const cells = rows.length * variants.length * repetitions;
  if (cells > mostCells)
    report({ code: 'INVALID_VALUE', place: ['repetitions'], message: `these are ${cells} runs; at most ${mostCells}` });
  const floor = (key: string): number | undefined => {
    const value = fieldOf(fieldOf(document, 'floor'), key);
    return typeof value === 'number' ? value : undefined;
  };
  // Of a workflow that is at fault no inputs are known, and nothing can be said of what reads them.
  if (first === undefined || baseline === undefined || variants.length < names.length) return undefined;
  const { checks, requires } = judgingOf(document, variants, specs, options, report);
  const name = textField(document, 'experiment') ?? '';
  return defined({
    name,
    description: textField(document, 'description'),
    variants: variants.map(({ place: _, raw: __, ...variant }) => variant),
    baseline,
    rows,
    subject: fieldOf(document, 'subject'),
    checks,
    requires,
    repetitions,
    concurrency: number('concurrency', 4),
    budget: budgetOf(fieldOf(document, 'budget')),
    floor: defined({ score: floor('score'), pass_rate: floor('pass_rate') }),
    identity: identityOf(document, variants, rows, checks, repetitions),
  });
}

function identityOf(
  document: JsonObject,
  variants: readonly Variant[],
  rows: readonly ExperimentRow[],
  checks: readonly CheckUse[],
  repetitions: number,
): Experiment['identity'] {
  const tried = variants.map((variant) => ({
    name: variant.name,
    program: variant.compiled.hash,
    inputs: variant.inputs,
  }));
  const judged = checks.map((use) => ({ ...use }) as JsonObject); // a use is JSON: it is part of programs
  return hashOf(
    canonicalJson({
      name: document['experiment'] ?? null,
      subject: document['subject'] ?? null,
      variants: tried,
      rows: rows.map((row) => ({ ...row })),
      checks: judged,
      repetitions,
    }),
  );
}

function checkInputsOfVariants(variants: readonly FoundVariant[], report: Report): void {
  for (const { compiled, inputs, place } of variants) {
    for (const name of Object.keys(inputs)) {
      if (Object.hasOwn(compiled.program.inputs, name)) continue;
      report({
        code: 'UNKNOWN_INPUT',
        place: [...place, 'inputs', name],
        at: 'key',
        message: `the workflow has no input \`${name}\``,
        hint: suggestion(name, Object.keys(compiled.program.inputs)),
      });
    }
  }
}

function rowsOf(
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
      completeInputs(variant.compiled.program.inputs, { ...inputs, ...variant.inputs }, schemas);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
  return [...new Set(messages)];
}

/** Evaluators and aliases are those of the experiment, then those of the workflows, then what is shared. */
function judgingOf(
  document: JsonObject,
  variants: readonly FoundVariant[],
  specs: { readonly [name: string]: InputSpec },
  { catalog, file }: ExperimentOptions,
  report: Report,
): { readonly checks: readonly CheckUse[]; readonly requires: Requirements } {
  const lent = (part: 'models' | 'evaluators'): JsonObject =>
    Object.assign({}, catalog.shared?.[part], ...variants.map(({ raw }) => objectField(raw, part) ?? {})) as JsonObject; // maps of JSON
  const shared = { models: lent('models'), tools: {}, evaluators: lent('evaluators') };
  const own = Object.fromEntries(
    Object.entries(document).filter(([key]) => ['models', 'evaluators', 'subject', 'checks', 'judge'].includes(key)),
  );
  const judging = {
    ...withShared(own, { shared }),
    inputs: Object.fromEntries(Object.keys(specs).map((name) => [name, {}])),
  };
  if (own['checks'] === undefined && own['judge'] === undefined) {
    report({ code: 'MISSING_KEY', place: [], at: 'key', message: 'an experiment needs `checks` or a `judge`' });
  }
  return resolveJudging(judging, ['outputs', 'expected'], { catalog, file }, report);
}

/** A row that fits no variant says so once, and a file that is named twice too. */
function unlike(faults: readonly Fault[]): readonly Fault[] {
  const keyed = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return [...keyed.values()].slice(0, 200);
}
