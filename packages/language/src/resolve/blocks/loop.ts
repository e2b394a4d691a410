/**
 * A loop: its body again and again, with a state that each round hands on.
 *
 *   state   what the first round sees, from what the loop itself sees
 *   steps   the body, with `state` and `index` (the round, from 0)
 *   next    evaluated when a round has ended, with the state that it had
 *   until   evaluated after that, with the state that `next` made
 */
import type { Json, JsonObject, LoopStep } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, objectField } from '../../text/json-shape.ts';
import { suggestion } from '../../text/nearest.ts';
import { join } from '../../types/join.ts';
import { anyJson, mapOf, number, truth } from '../../types/type.ts';
import type { Field, Type } from '../../types/type.ts';
import { checkCondition, checkTemplate, referencesIn } from '../expressions.ts';
import { resolvePolicies } from '../policies.ts';
import { namesWith } from '../sight.ts';
import type { Names, Sight } from '../sight.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { typeOfTemplate } from '../typing.ts';
import { addOuterReads, bodyOf, reportMissing } from './body.ts';

/** Rounds of a loop that has an end of its own but names no limit. */
const roundsAtMost = 100;

export function resolveLoop(step: Json, site: StepSite): LoopStep {
  const { place, resolution, sight } = site;
  const at = [...place, 'loop'];
  const reads = new Set<string>();
  const written = objectField(step, 'loop') ?? {};
  const state = objectField(written, 'state') ?? {};
  const next = objectField(written, 'next') ?? {};
  checkTemplate(state, [...at, 'state'], sight, resolution, reads);
  checkNext(written, site);
  const max = fieldOf(written, 'max');
  if (max === undefined && fieldOf(written, 'until') === undefined) {
    resolution.report({
      code: 'MISSING_KEY',
      place: at,
      at: 'key',
      message: 'a loop needs `until`, which ends it, or `max`',
      hint: 'write until: "state.done", or max: 5',
    });
  }
  const fields = [...new Set([...Object.keys(state), ...Object.keys(next)])];
  const carried = stateType(state, next, fields, site);
  const names = namesWith(sight.names, { state: { fields, type: carried }, index: { type: number } });
  const body = bodyOf(fieldOf(step, 'steps'), [...place, 'steps'], site.chain, names, site);
  if (fieldOf(step, 'steps') === undefined) reportMissing('a loop needs `steps`', place, site);
  const nextReads = new Set<string>();
  const behind = body?.after ?? { ...sight, names };
  checkTemplate(next, [...at, 'next'], behind, resolution, nextReads);
  const until = checkCondition(fieldOf(written, 'until'), [...at, 'until'], behind, resolution, nextReads);
  if (body !== undefined) addOuterReads(reads, nextReads, body);
  const output = mapOf({ state: carried, output: body?.last ?? anyJson, rounds: number, reached: truth });
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return defined({
    kind: 'loop' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    state,
    until,
    max: typeof max === 'number' ? max : roundsAtMost,
    next,
    nextReads: [...nextReads].sort(),
    steps: body?.steps ?? [],
  });
}

/** What a field holds first, or what `next` makes of it whatever the body gives and the state was. */
function stateType(
  state: JsonObject,
  next: JsonObject,
  fields: readonly string[],
  { sight, resolution }: StepSite,
): Type {
  const names: Names = new Map([...sight.names.keys()].map((name) => [name, { type: anyJson }]));
  const anyRound: Sight = { roots: sight.roots, secrets: sight.secrets, names };
  const of = (template: Json | undefined, from: Sight): readonly Type[] =>
    template === undefined ? [] : [typeOfTemplate(template, from, resolution)];
  const known = fields.map((field): readonly [string, Field] => {
    const type = join([...of(fieldOf(state, field), sight), ...of(fieldOf(next, field), anyRound)]);
    return [field, { type, optional: fieldOf(state, field) === undefined }];
  });
  return mapOf(new Map(known), anyJson);
}

/**
 * A field that `next` sets has its first value in `state`. One that `until`
 * reads may do without: it is asked only after `next` has set it.
 */
function checkNext(written: Json, { place, resolution }: StepSite): void {
  const state = objectField(written, 'state');
  if (state === undefined) return;
  const until = fieldOf(written, 'until');
  const read = typeof until === 'string' ? referencesIn(until, resolution) : [];
  for (const field of Object.keys(objectField(written, 'next') ?? {})) {
    if (Object.hasOwn(state, field)) continue;
    if (read.some(({ path: [root, key] }) => root === 'state' && key === field)) continue;
    resolution.report({
      code: 'UNKNOWN_NAME',
      place: [...place, 'loop', 'next', field],
      at: 'key',
      message: `there is no \`${field}\` in the loop's \`state\``,
      hint: suggestion(field, Object.keys(state)) ?? `give it a first value: state: { ${field}: null }`,
    });
  }
}
