/** What a case expects, read: names that the workflow has not are faults. */
import { catalog as errorCatalog } from '@telos/core';
import type { AnyCheck, CheckUse, Json, JsonObject, Program } from '@telos/core';
import type { Catalog } from '../compiled.ts';
import { countOf } from '../resolve/budget.ts';
import type { Report } from '../resolve/finding.ts';
import { resolveJudging } from '../resolve/resolve-document.ts';
import { withShared } from '../shared/with-shared.ts';
import { defined } from '../text/defined.ts';
import { durationMs } from '../text/duration.ts';
import { fieldOf, isObject, listField, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { plainPath, stepNamed } from './step-names.ts';
import type { StepNames } from './step-names.ts';
import type { Expectation, ExpectedCall, ExpectedError, ExpectedStep } from './test-file.ts';
import { runStatuses } from './test-schema.ts';

/** What expectations are read against. */
export type Tested = {
  readonly program: Program;
  readonly names: StepNames;
  /** The workflow as it is written. */
  readonly raw: Json;
  readonly catalog: Catalog;
  readonly file: string;
  readonly report: Report;
};

export function expectationOf(written: JsonObject | undefined, place: Place, tested: Tested): Expectation {
  const error = errorOf(fieldOf(written, 'error'), [...place, 'error'], tested);
  const status = runStatuses.find((each) => each === fieldOf(written, 'status'));
  const atMost = objectField(written, 'at_most');
  const usd = fieldOf(atMost, 'usd');
  return defined({
    status: status ?? (error === undefined ? ('succeeded' as const) : ('failed' as const)),
    outputs: outputsOf(written, place, tested),
    checks: checksOf(written, place, tested),
    error,
    steps: Object.fromEntries(
      Object.entries(objectField(written, 'steps') ?? {}).map(([name, step]) => {
        const at = [...place, 'steps', name];
        knownStep(name, at, 'key', tested);
        return [name, stepOf(step, at, tested)];
      }),
    ),
    ran: stepsOf(written, 'ran', place, tested),
    notRun: stepsOf(written, 'not_run', place, tested),
    order: stepsOf(written, 'order', place, tested),
    calls: (listField(written, 'calls') ?? []).map((call, index) => callOf(call, [...place, 'calls', index], tested)),
    atMost: defined({
      calls: countOf(fieldOf(atMost, 'calls')),
      tokens: countOf(fieldOf(atMost, 'tokens')),
      usd: typeof usd === 'number' ? usd : undefined,
      wallMs: durationMs(textField(atMost, 'wall') ?? ''),
    }),
  });
}

/** Reports a step that the workflow cannot have. Gives what it is. */
export function knownStep(
  name: string,
  place: Place,
  at: 'key' | 'value',
  { names, report }: Pick<Tested, 'names' | 'report'>,
): ReturnType<typeof stepNamed> {
  const found = stepNamed(names, name);
  if (found !== undefined) return found;
  const known = [...names.steps.keys()];
  const few = known.length <= 12 ? `there are ${known.join(', ')}` : undefined;
  const hint = suggestion(plainPath(name), known) ?? known.find((path) => path.endsWith(`.${name}`));
  report({
    code: 'UNKNOWN_STEP',
    place,
    at,
    message: `the workflow has no step \`${name}\``,
    hint: hint === undefined ? few : hint.startsWith('did') ? hint : `inside its block it is \`${hint}\``,
  });
  return undefined;
}

function outputsOf(written: JsonObject | undefined, place: Place, { program, report }: Tested): JsonObject {
  const outputs = objectField(written, 'outputs') ?? {};
  const known = Object.keys(program.outputs);
  for (const name of Object.keys(outputs)) {
    if (known.includes(name)) continue;
    const hint = suggestion(name, known) ?? (known.length === 0 ? 'it has none' : `there are ${known.join(', ')}`);
    const message = `the workflow has no output \`${name}\``;
    report({ code: 'UNKNOWN_NAME', place: [...place, 'outputs', name], at: 'key', message, hint });
  }
  return outputs;
}

function stepsOf(written: JsonObject | undefined, key: string, place: Place, tested: Tested): readonly string[] {
  return (listField(written, key) ?? []).flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    knownStep(name, [...place, key, index], 'value', tested);
    return [name];
  });
}

function stepOf(written: Json, place: Place, tested: Tested): ExpectedStep {
  // One of the statuses, as the form says.
  if (typeof written === 'string') return { status: written as NonNullable<ExpectedStep['status']>, checks: [] };
  if (!isObject(written)) return { checks: [] };
  const attempts = fieldOf(written, 'attempts');
  return defined({
    status: textField(written, 'status') as ExpectedStep['status'],
    output: fieldOf(written, 'output'),
    attempts: typeof attempts === 'number' ? attempts : undefined,
    error: errorOf(fieldOf(written, 'error'), [...place, 'error'], tested),
    checks: checksOf(written, place, tested),
  });
}

function errorOf(written: Json | undefined, place: Place, tested: Tested): ExpectedError | undefined {
  if (written === undefined) return undefined;
  const isCode = typeof written === 'string';
  const code = isCode ? written : textField(written, 'code');
  if (code !== undefined) knownError(code, isCode ? place : [...place, 'code'], tested);
  const step = textField(written, 'step');
  if (step !== undefined) knownStep(step, [...place, 'step'], 'value', tested);
  return defined({ code, message: textField(written, 'message'), step });
}

/** Reports a code that the catalogue of errors has not. */
export function knownError(code: string, place: Place, { report }: Pick<Tested, 'report'>): void {
  if (Object.hasOwn(errorCatalog, code)) return;
  const hint = suggestion(code, Object.keys(errorCatalog)) ?? 'docs/errors.md lists them';
  report({ code: 'UNKNOWN_NAME', place, message: `there is no error \`${code}\``, hint });
}

function callOf(written: Json, place: Place, tested: Tested): ExpectedCall {
  const tool = textField(written, 'tool');
  const model = textField(written, 'model');
  const step = textField(written, 'step');
  if ((tool === undefined) === (model === undefined)) {
    const message = 'a call names a `tool` or a `model`, and one of the two';
    tested.report({ code: 'MISSING_KEY', place, at: 'key', message });
  }
  if (tool !== undefined) knownTool(tool, [...place, 'tool'], tested);
  if (step !== undefined) knownStep(step, [...place, 'step'], 'value', tested);
  const times = fieldOf(written, 'times');
  return defined({
    tool,
    model,
    step,
    with: fieldOf(written, 'with'),
    times: typeof times === 'number' ? times : undefined,
  });
}

function knownTool(tool: string, place: Place, { catalog, program, report }: Tested): void {
  const dot = tool.indexOf('.');
  const isOwn = dot !== -1 && Object.hasOwn(program.tools, tool.slice(0, dot));
  if (catalog.tools.has(tool) || isOwn) return;
  const known = [...catalog.tools.keys(), ...Object.keys(program.tools).map((name) => `${name}.query`)];
  const hint = suggestion(tool, known) ?? '`telos tools` lists them';
  report({ code: 'UNKNOWN_TOOL', place, message: `there is no tool \`${tool}\``, hint });
}

/** In checks, besides `output`, `inputs` and `steps`. */
const inScope = ['outputs', 'status', 'error', 'usage'];

/** Evaluators are those of the workflow, then what is shared. */
function checksOf(
  written: Json | undefined,
  place: Place,
  { program, raw, catalog, file, report }: Tested,
): readonly CheckUse[] {
  const checks = listField(written, 'checks');
  if (checks === undefined) return [];
  const own = Object.fromEntries(
    (['models', 'evaluators'] as const).map((key) => [
      key,
      objectField(isObject(raw) ? withShared(raw, catalog) : {}, key) ?? {},
    ]),
  );
  const inputs = Object.fromEntries(Object.keys(program.inputs).map((name) => [name, {}]));
  // What is wrong with the workflow's own evaluators is said of the workflow.
  const inPlace: Report = (finding) => {
    if (finding.place[0] === 'checks') report({ ...finding, place: [...place, ...finding.place] });
  };
  const steps = program.steps.map(({ id }) => id);
  const uses = resolveJudging({ ...own, inputs, checks }, inScope, { catalog, file }, inPlace, steps).checks;
  for (const [index, use] of uses.entries()) {
    const check: AnyCheck | undefined = catalog.checks.get(use.uses);
    if (check?.needs !== 'model') continue;
    const message = `\`${use.uses}\` asks a model, and what a test expects is checked without one`;
    report({
      code: 'INVALID_VALUE',
      place: [...place, 'checks', index],
      message,
      hint: 'use it as a gate, or in an experiment',
    });
  }
  return uses;
}
