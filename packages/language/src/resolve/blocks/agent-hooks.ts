/** Rules of an agent: what each of them does, and what it sees of the turn or the call it is about. */
import { hookPlaces, matchesGlob } from '@telos/core';
import type { AgentHooks, AgentTool, HookEffect, HookPlace, HookRule, Json, JsonObject, JsonSchema } from '@telos/core';
import { hookEffects } from '../../document/agent-hooks.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, listField, objectField } from '../../text/json-shape.ts';
import { suggestion } from '../../text/nearest.ts';
import type { Place } from '../../text/place.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { anyJson, listOf, mapOf, number, text } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { checkCondition, checkTemplate } from '../expressions.ts';
import { checkFits } from '../fitting.ts';
import type { Resolution } from '../resolution.ts';
import { withNames } from '../sight.ts';
import type { Sight } from '../sight.ts';

const ofCall = { name: text, input: anyJson };
const calls = listOf(mapOf(ofCall));
const messages = listOf(mapOf({ role: text, text, calls }));

/** What the names of each place are. */
const namesOf: { readonly [P in HookPlace]: { readonly [name: string]: Type } } = {
  before_model: { turn: mapOf({ number, messages }) },
  after_model: { turn: mapOf({ number, messages, text, calls, value: anyJson }) },
  before_tool: { turn: mapOf({ number }), call: mapOf(ofCall) },
  after_tool: { turn: mapOf({ number }), call: mapOf({ ...ofCall, output: anyJson, error: anyJson }) },
};

export type HooksSite = {
  readonly at: Place;
  readonly sight: Sight;
  readonly resolution: Resolution;
  /** Of the agent that has the rules. */
  readonly reads: Set<string>;
};

/** @param sight Of a round of the agent. @param output What its answer must fit. */
export function hooksOf(
  written: Json,
  { at: place, sight, resolution, reads: outer }: HooksSite,
  tools: readonly AgentTool[],
  output: JsonSchema | undefined,
): AgentHooks | undefined {
  const hooks = objectField(written, 'hooks');
  if (hooks === undefined) return undefined;
  const reads = new Set<string>();
  const rules = Object.fromEntries(
    hookPlaces.flatMap((named) => {
      const inner = withNames(
        sight,
        Object.fromEntries(Object.entries(namesOf[named]).map(([name, type]) => [name, { type }])),
      );
      const list = (listField(hooks, named) ?? []).flatMap((rule, position): readonly HookRule[] => {
        if (!isObject(rule)) return [];
        const at = [...place, 'hooks', named, position];
        const when = checkCondition(fieldOf(rule, 'when'), [...at, 'when'], inner, resolution, reads);
        const does = effectOf(rule, named, { at, sight: inner, resolution, reads }, output);
        const globs = globsOf(rule, tools, at, resolution);
        return does === undefined ? [] : [defined({ when, tools: globs, does })];
      });
      return list.length === 0 ? [] : [[named, list] as const];
    }),
  );
  refuseRoundSteps(reads, [...place, 'hooks'], resolution);
  for (const id of reads) outer.add(id);
  return { ...rules, reads: [...reads].sort() };
}

/** The one thing that a rule does. */
function effectOf(
  rule: JsonObject,
  place: HookPlace,
  { at, sight, resolution, reads }: HooksSite,
  output: JsonSchema | undefined,
): HookEffect | undefined {
  const effects = hookEffects[place];
  const [key, ...others] = effects.filter((one) => fieldOf(rule, one) !== undefined);
  if (key === undefined || others.length > 0) {
    // A key that has no place here has been reported as such.
    const known = new Set<string>([...effects, 'when', 'tools']);
    if (Object.keys(rule).some((one) => !known.has(one))) return undefined;
    const message = key === undefined ? 'this rule does nothing' : `this rule does ${others.length + 1} things`;
    const hint = `write one of ${effects.map((one) => `\`${one}\``).join(', ')}`;
    resolution.report({ code: 'INVALID_VALUE', place: at, message, hint });
    return undefined;
  }
  const value = fieldOf(rule, key) ?? null;
  checkTemplate(value, [...at, key], sight, resolution, reads);
  if (key === 'answer' && output !== undefined)
    checkFits(value, typeOfJsonSchema(output), [...at, key], {
      code: 'EXPRESSION_TYPE',
      what: 'the `output` of the agent',
      sight,
      resolution,
    });
  // Of the form that the schema of the document asks for.
  return { [key]: value } as HookEffect;
}

/** A glob that names nothing which the agent has would never hold. */
function globsOf(
  rule: Json,
  tools: readonly AgentTool[],
  at: Place,
  resolution: Resolution,
): readonly string[] | undefined {
  const globs = listField(rule, 'tools')?.filter((glob): glob is string => typeof glob === 'string');
  const names = tools.map(({ name }) => name);
  for (const [index, glob] of (globs ?? []).entries()) {
    if (names.some((name) => matchesGlob(glob, name))) continue;
    resolution.report({
      code: 'UNKNOWN_TOOL',
      place: [...at, 'tools', index],
      message: `this agent calls nothing that is named by \`${glob}\``,
      hint: suggestion(glob, names) ?? `it calls ${names.length === 0 ? 'nothing' : names.join(', ')}`,
    });
  }
  return globs;
}

/** Rules see what the step sees; steps of the round that they are about have these names, and are nearer. */
function refuseRoundSteps(reads: ReadonlySet<string>, place: Place, resolution: Resolution): void {
  for (const id of reads) {
    if (id !== 'turn' && !/^call_\d+$/.test(id)) continue;
    const message = `a rule of an agent cannot see the step \`${id}\`: in a round of that one the name means something else`;
    resolution.report({ code: 'UNKNOWN_STEP', place, message, hint: 'give the step another id' });
  }
}
