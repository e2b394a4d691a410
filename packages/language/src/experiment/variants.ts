/** Variants: the workflow of each, compiled, with what it puts in place. */
import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { compile } from '../compile.ts';
import type { Compiled } from '../compiled.ts';
import { readSource } from '../read/read-source.ts';
import type { Report } from '../resolve/finding.ts';
import { withShared } from '../shared/with-shared.ts';
import { defined } from '../text/defined.ts';
import { isObject, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { ExperimentOptions, Located, NamedWorkflow } from './experiment-options.ts';
import type { Variant } from './experiment.ts';

export type FoundVariant = Variant & { readonly place: Place; readonly raw: Json };

/** The variants whose workflows compile, by their order in the file. */
export async function variantsOf(
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

export function checkInputsOfVariants(variants: readonly FoundVariant[], report: Report): void {
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
