import { TelosError } from '@telos/core';
import type { AnyCheck, Json, JsonObject, Program } from '@telos/core';
import { compile, link } from '@telos/language';
import type { Catalog } from '@telos/language';
import { isObject, nearest } from '@telos/language/text';
import type { Catalogue } from '../compose/catalogue.ts';
import { readWorkflowFile } from '../inputs/workflow-file.ts';
import { faultLines } from '../output/fault-lines.ts';

export type Evaluator = {
  readonly name: string;
  readonly check: AnyCheck;
  readonly params: JsonObject;
  /** The score that passes, when the workflow says so. */
  readonly min?: number;
};

/**
 * An evaluator that `workflow` names under `evaluators:`, else one that `telos.yaml` does, else a check of that name.
 * A model is named as in a workflow: also by what `telos.yaml` calls it.
 *
 * @param given Parameters from the command line; they stand above those of the workflow.
 * @throws TelosError USAGE, WORKFLOW_INVALID, FILE_UNREADABLE
 */
export function findEvaluator(
  name: string,
  given: JsonObject,
  catalogue: Pick<Catalogue, 'catalog' | 'isWithheld'>,
  workflow: { readonly file: string; readonly folder: string } | undefined,
): Evaluator {
  const { catalog } = catalogue;
  const params = withModelNamed(given, catalog);
  const named =
    (workflow === undefined ? undefined : namedIn(workflow, name, params, catalogue)) ??
    sharedAs(name, params, catalog);
  if (named !== undefined) return named;
  const { checks, shared } = catalog;
  const check = checks.get(name);
  if (check !== undefined) return { name, check, params };
  const near = nearest(name, [...checks.keys(), ...Object.keys(shared?.evaluators ?? {})]);
  throw new TelosError('USAGE', `There is no evaluator ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: '`telos checks` lists what there is; one of telos.yaml is found by its name, one of a workflow with --workflow <file>.',
  });
}

function namedIn(
  { file, folder }: { readonly file: string; readonly folder: string },
  name: string,
  given: JsonObject,
  { catalog, isWithheld }: Pick<Catalogue, 'catalog' | 'isWithheld'>,
): Evaluator | undefined {
  const { source, readFile } = readWorkflowFile(file, folder, isWithheld);
  const result = compile(source, { catalog, file, readFile });
  if (!result.ok) {
    throw new TelosError('WORKFLOW_INVALID', `${file} does not compile:\n${faultLines(result.faults).trimEnd()}`);
  }
  return evaluatorOf(result.compiled.program, name, given, catalog);
}

/** What `telos.yaml` shares under this name: as a workflow has it that names it. */
function sharedAs(name: string, given: JsonObject, catalog: Catalog): Evaluator | undefined {
  if (!Object.hasOwn(catalog.shared?.evaluators ?? {}, name)) return undefined;
  const naming = { id: 'naming', uses: 'transform', with: { value: null }, gate: { judge: name } };
  return evaluatorOf(programOf([naming], catalog), name, given, catalog);
}

/** With the model that `telos.yaml` gives a name to, where `model` is such a name. @throws TelosError USAGE */
function withModelNamed(given: JsonObject, catalog: Catalog): JsonObject {
  const { model } = given;
  if (typeof model !== 'string' || model === 'auto' || model.includes('/')) return given;
  const names = Object.keys(catalog.shared?.models ?? {});
  if (!names.includes(model)) {
    const near = nearest(model, names);
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new TelosError('USAGE', `There is no model ${model}.${meant}`, {
      next: 'Name one as telos.yaml does, or as provider/model.',
    });
  }
  const [asking] = programOf([{ id: 'asking', uses: 'llm', with: { model, prompt: 'x' } }], catalog).steps;
  const named = asking?.kind === 'action' && isObject(asking.with) ? asking.with['model'] : undefined;
  return named === undefined ? given : { ...given, model: named };
}

/** A workflow of these steps, with what is shared of what they name. */
function programOf(steps: JsonObject[], catalog: Catalog): Program {
  const result = compile(JSON.stringify({ telos: 1, id: 'calibration', steps }), { catalog, file: 'calibration.json' });
  if (result.ok) return result.compiled.program;
  const [first] = result.faults;
  const hint = first?.hint === undefined ? '' : ` (${first.hint})`;
  throw new TelosError('USAGE', `${first?.message ?? 'It cannot be used'}${hint}.`, {
    next: 'Correct it in telos.yaml.',
  });
}

function evaluatorOf(
  program: Program,
  name: string,
  given: JsonObject,
  catalog: Pick<Catalog, 'checks'>,
): Evaluator | undefined {
  const use = Object.hasOwn(program.evaluators, name) ? program.evaluators[name] : undefined;
  const check = use === undefined ? undefined : catalog.checks.get(use.uses);
  if (use === undefined || check === undefined) return undefined;
  const written = Object.entries(objectOf(use.with)).filter(([key]) => !Object.hasOwn(given, key));
  const params = objectOf(
    rendered(Object.fromEntries(written), (template) => link(program).render(template, {}), name),
  );
  return { name, check, params: { ...params, ...given }, ...(use.min === undefined ? {} : { min: use.min }) };
}

function rendered(written: JsonObject, render: (template: Json) => Json, name: string): Json {
  try {
    return render(written);
  } catch (error) {
    throw new TelosError('USAGE', `The parameters of ${name} read a run, and there is none here.`, {
      next: 'Give them by --with name=value, or by the field `params` of each row.',
      cause: error,
    });
  }
}

function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
