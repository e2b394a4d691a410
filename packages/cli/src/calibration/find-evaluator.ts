import { TelosError } from '@telos/core';
import type { AnyCheck, Json, JsonObject } from '@telos/core';
import { compile, link } from '@telos/language';
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
 * An evaluator that `workflow` names under `evaluators:`, else a check of that name.
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
  const named = workflow === undefined ? undefined : namedIn(workflow, name, given, catalogue);
  if (named !== undefined) return named;
  const { checks } = catalogue.catalog;
  const check = checks.get(name);
  if (check !== undefined) return { name, check, params: given };
  const near = nearest(name, [...checks.keys()]);
  throw new TelosError('USAGE', `There is no evaluator ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: '`telos checks` lists what there is; one of a workflow is found with --workflow <file>.',
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
  const { program } = result.compiled;
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
