/** What a step gives, from what its tool or its body gives: policies may leave it out, or put something else in its place. */
import type { Json } from '@telos/core';
import { fieldOf, isObject, listField } from '../text/json-shape.ts';
import { join } from '../types/join.ts';
import { anyJson, nothing } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { withNames } from './sight.ts';
import type { StepSite } from './step-site.ts';
import { typeOfTemplate } from './typing.ts';

/** Rails that let something else through than what they were shown. A person who is asked may edit it. */
const replacing: readonly string[] = ['redact', 'repair', 'ask'];

/** Says what the steps after this one will see. `own`: what its tool or its body gives when all goes well. */
export function giveOutput(step: Json, own: Type, site: StepSite): void {
  const isReplaced = site.isReplaced || mayReplace(step, 'output');
  const output = isReplaced || fieldOf(step, 'on_error') === 'quarantine' ? anyJson : own;
  const mayBeMissing = fieldOf(step, 'when') !== undefined || fieldOf(step, 'on_error') === 'continue';
  site.gives({
    output: join([output, ...fallbacks(step, own, site), ...(mayBeMissing ? [nothing] : [])]),
    hasGate: fieldOf(step, 'gate') !== undefined,
  });
}

/** What a gate puts in place of an output that is not good enough. */
function fallbacks(step: Json, own: Type, { sight, resolution }: StepSite): readonly Type[] {
  const ladder = listField(fieldOf(step, 'gate'), 'on_fail') ?? [];
  return ladder.flatMap((remedy) => {
    if (fieldOf(remedy, 'approve') !== undefined) return [anyJson];
    const value = fieldOf(remedy, 'fallback');
    return value === undefined ? [] : [typeOfTemplate(value, withNames(sight, { output: { type: own } }), resolution)];
  });
}

/** Whether what the step's tool, or a tool in its body, gives may be replaced before anybody sees it. */
export function mayReplaceResults(step: Json): boolean {
  return mayReplace(step, 'tool_result');
}

function mayReplace(step: Json, place: string): boolean {
  return railsReplace(fieldOf(step, 'rails'), place);
}

/** Of `rails` as they are written. */
export function railsReplace(rails: Json | undefined, place: string): boolean {
  return (listField(rails, place) ?? []).some(
    (rail) =>
      isObject(rail) && Object.values(rail).some((value) => typeof value === 'string' && replacing.includes(value)),
  );
}
