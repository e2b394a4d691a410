import type { JsonObject } from '@telos/core';
import type { Child } from '../../compiled.ts';
import { suggestion } from '../../text/nearest.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { checkFits } from '../fitting.ts';
import type { StepSite } from '../step-site.ts';

/** Holds what a step gives to another workflow against that workflow's inputs, as it is now. */
export function checkChildInputs(
  id: string,
  child: Child,
  given: JsonObject,
  { place, sight, resolution }: StepSite,
): void {
  const { inputs } = child.program;
  const at = [...place, 'workflow', 'with'];
  for (const [name, value] of Object.entries(given)) {
    const spec = inputs[name];
    if (spec === undefined) {
      const message = `the workflow \`${id}\` has no input \`${name}\``;
      const hint = suggestion(name, Object.keys(inputs));
      resolution.report({ code: 'UNKNOWN_INPUT', place: [...at, name], at: 'key', message, hint });
    } else {
      const taker = { code: 'INVALID_VALUE' as const, what: `the input \`${name}\` of \`${id}\``, sight, resolution };
      checkFits(value, typeOfJsonSchema(spec.schema), [...at, name], taker);
    }
  }
  for (const [name, { required }] of Object.entries(inputs)) {
    if (!required || Object.hasOwn(given, name)) continue;
    const message = `the workflow \`${id}\` needs the input \`${name}\``;
    resolution.report({
      code: 'MISSING_KEY',
      place: [...place, 'workflow'],
      at: 'key',
      message,
      hint: `write it under \`with\``,
    });
  }
}
