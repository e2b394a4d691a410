import type { InputSpec, Json, Template } from '@telos/core';
import { fieldOf, isObject } from '../../text/json-shape.ts';
import { suggestion } from '../../text/nearest.ts';
import type { Place } from '../../text/place.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { splitTemplate } from '../../cel/template.ts';
import { checkTemplate, holdsExpression } from '../expressions.ts';
import { checkFits } from '../fitting.ts';
import type { Resolution } from '../resolution.ts';
import type { Sight } from '../sight.ts';

export type Inputs = { readonly [name: string]: InputSpec };

/**
 * What a trigger gives to the runs that it starts, held against the
 * workflow's inputs as far as it is written down.
 *
 * @param unlessWritten What a trigger without `inputs` gives: none, or the body of its request, which nobody knows yet.
 */
export function triggerInputs(
  trigger: Json,
  place: Place,
  sight: Sight,
  inputs: Inputs,
  resolution: Resolution,
  unlessWritten: 'none' | 'body',
): Template | undefined {
  const written = fieldOf(trigger, 'inputs');
  const at = [...place, 'inputs'];
  if (written !== undefined) checkTemplate(written, at, sight, resolution, new Set());
  if (typeof written === 'string' && !splitTemplate(written).whole) {
    const message = 'the inputs of a run are a map, or one expression that gives one';
    resolution.report({ code: 'WRONG_TYPE', place: at, message, hint: 'such as inputs: { topic: "..." }' });
  }
  const given = isObject(written) ? written : undefined;
  for (const [name, value] of Object.entries(given ?? {}))
    checkInput(name, value, [...at, name], inputs, sight, resolution);
  const isKnown = given !== undefined || (written === undefined && unlessWritten === 'none');
  for (const [name, { required }] of Object.entries(isKnown ? inputs : {})) {
    if (!required || fieldOf(given, name) !== undefined) continue;
    resolution.report({
      code: 'MISSING_KEY',
      place: written === undefined ? place : at,
      message: `the input \`${name}\` is required, and this trigger does not give it`,
      hint: `write it under \`inputs\` of the trigger, or give \`${name}\` a default`,
    });
  }
  return written;
}

function checkInput(
  name: string,
  value: Json,
  place: Place,
  inputs: Inputs,
  sight: Sight,
  resolution: Resolution,
): void {
  if (!resolution.inputs.has(name)) {
    resolution.report({
      code: 'UNKNOWN_INPUT',
      place,
      at: 'key',
      message: `there is no input \`${name}\``,
      hint: suggestion(name, resolution.inputs) ?? 'declare it under `inputs:`',
    });
    return;
  }
  const spec = inputs[name];
  if (spec === undefined) return;
  if (holdsExpression(value)) {
    const taker = { code: 'INVALID_VALUE' as const, what: `the input \`${name}\``, sight, resolution };
    return checkFits(value, typeOfJsonSchema(spec.schema), place, taker);
  }
  for (const issue of issuesOf(spec, value, resolution)) {
    const at = issue.path === '' ? '' : ` at ${issue.path}`;
    const message = `the input \`${name}\` does not take this${at}: ${issue.message}`;
    resolution.report({ code: 'INVALID_VALUE', place, message });
  }
}

function issuesOf(
  { schema }: InputSpec,
  value: Json,
  resolution: Resolution,
): readonly { path: string; message: string }[] {
  try {
    return resolution.schemas.issues(schema, value);
  } catch {
    return []; // the schema itself is at fault, which is reported where it stands
  }
}
