/** What judging a step may cost, its gate and its rails, told before its call is made. */
import { addUsage, checksOfGate, isPriced, judgingCost } from '@telos/core';
import type { ActionStep, AnyCheck, CheckUse, Json, JsonObject, RailsSpec, Usage } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { afterCall, beforeCall } from '../rails/rails-of.ts';

/** In characters, of an output about which its tool says nothing, and of one token. */
const usualOutput = 2000;
const perToken = 4;

export type StepJudges = {
  readonly step: ActionStep;
  /** That hold for the step. */
  readonly rails: RailsSpec | undefined;
  readonly checks: ReadonlyMap<string, AnyCheck>;
};

export type JudgedCall = StepJudges & {
  readonly linked: Linked;
  readonly scope: Scope;
  /** The step's, as rendered. */
  readonly input: Json;
  readonly sources: () => JsonObject;
  /** What the call whose output is judged may cost. */
  readonly call: Usage;
};

/** Whether judging it asks anybody who may cost something. */
export function costsJudging({ step, rails, checks }: StepJudges): boolean {
  return isPriced([...checksOfGate(step.gate), ...usesAt(rails, beforeCall), ...usesAt(rails, afterCall)], checks);
}

/** Of judging it once, with every check asked once. */
export async function stepJudgingCost({ step, rails, ...judged }: JudgedCall): Promise<Usage> {
  const { call, input, sources, checks, linked, scope } = judged;
  const output = 'x'.repeat(call.output_tokens > 0 ? call.output_tokens * perToken : usualOutput);
  const given = JSON.stringify(input);
  const before = await judgingCost(
    usesAt(rails, beforeCall),
    { value: input, text: given, input: null, sources: sources() },
    { checks, render: (template) => linked.render(template, scope) },
  );
  const after = await judgingCost(
    [...usesAt(rails, afterCall), ...checksOfGate(step.gate)],
    { value: output, text: output, input, sources: sources() },
    { checks, render: (template) => linked.render(template, { ...scope, output }) },
  );
  return addUsage(before, after);
}

function usesAt(rails: RailsSpec | undefined, places: readonly (keyof RailsSpec)[]): readonly CheckUse[] {
  return rails === undefined ? [] : places.flatMap((place) => rails[place] ?? []);
}
