/**
 * compileExperiment: an experiment file, the workflows and the dataset that it
 * names become runs that can be started, or every fault in them, each in its
 * own file.
 */
import { canonicalJson } from '@telos/core';
import type { CheckUse, InputSpec, JsonObject, Requirements } from '@telos/core';
import { schemaFaults } from '../document/schema-faults.ts';
import type { Fault } from '../fault.ts';
import { hashOf } from '../hash-of.ts';
import { enoughFaults, locatedFaults } from '../located-faults.ts';
import { readSource } from '../read/read-source.ts';
import { budgetOf } from '../resolve/budget.ts';
import type { Report } from '../resolve/finding.ts';
import { resolveJudging } from '../resolve/resolve-document.ts';
import { withShared } from '../shared/with-shared.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isObject, kindOf, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Experiment, ExperimentResult, ExperimentRow, Variant } from './experiment.ts';
import type { ExperimentOptions, Located } from './experiment-options.ts';
import { experimentSchema } from './experiment-schema.ts';
import { rowsOf } from './rows.ts';
import { checkInputsOfVariants, variantsOf } from './variants.ts';
import type { FoundVariant } from './variants.ts';

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
  const judged = checks.map((use) => ({ ...use }));
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
