/** What judging an output may cost, told before there is one. */
import { addUsage, noUsage } from '@telos/core';
import type { AnyCheck, CheckUse, GateSpec, Json, JsonObject, Usage } from '@telos/core';
import type { Linked, Scope } from '@telos/language';

/** In characters, of an output about which its tool says nothing, and of one token. */
const usualOutput = 2000;
const perToken = 4;

export type Judged = {
  readonly checks: ReadonlyMap<string, AnyCheck>;
  readonly linked: Linked;
  readonly scope: Scope;
  /** The step's, as rendered. */
  readonly input: Json;
  readonly sources: () => JsonObject;
  /** What the call whose output is judged may cost. */
  readonly call: Usage;
};

/** Whether a gate asks anybody who may cost something. */
export function isPriced(gate: GateSpec | undefined, checks: ReadonlyMap<string, AnyCheck>): boolean {
  return usesOf(gate).some(({ uses }) => checks.get(uses)?.estimate !== undefined);
}

/** Of one evaluation of the gate, with every check asked once. */
export async function gateCost(gate: GateSpec | undefined, judged: Judged): Promise<Usage> {
  const { call, input, sources } = judged;
  const output = 'x'.repeat(call.output_tokens > 0 ? call.output_tokens * perToken : usualOutput);
  const subject = { value: output, text: output, input, sources: sources() };
  let cost = noUsage;
  for (const use of usesOf(gate)) {
    const check = judged.checks.get(use.uses);
    if (check?.estimate === undefined) continue;
    const params = paramsOf(use, check, judged, output);
    // Parameters that look into the output are not known yet: whoever is asked then is asked once at least.
    if (params === undefined) cost = addUsage(cost, { ...noUsage, calls: check.needs === 'model' ? 1 : 0 });
    else cost = addUsage(cost, await check.estimate(subject, params));
  }
  return cost;
}

function usesOf(gate: GateSpec | undefined): readonly CheckUse[] {
  if (gate === undefined) return [];
  return gate.judge === undefined ? gate.checks : [...gate.checks, gate.judge];
}

function paramsOf(use: CheckUse, check: AnyCheck, { linked, scope }: Judged, output: string): unknown {
  try {
    return check.params.safeParse(linked.render(use.with, { ...scope, output })).data;
  } catch {
    return undefined;
  }
}
