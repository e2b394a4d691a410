/** An agent: what it is told, what it is asked, and what it works with. */
import type { AgentStep, Json, RailsSpec } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, objectField, textField } from '../../text/json-shape.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { mapOf, text } from '../../types/type.ts';
import { checkTemplate, holdsExpression } from '../expressions.ts';
import { refuseRemedies, resolvePolicies } from '../policies.ts';
import { refuseUnknownTools } from '../restores.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { agentWork } from './agent-work.ts';

export function resolveAgent(step: Json, site: StepSite): AgentStep {
  const { place, resolution, sight } = site;
  const at = [...place, 'agent'];
  const reads = new Set<string>();
  const written = objectField(step, 'agent') ?? {};
  for (const key of ['instructions', 'input'])
    checkTemplate(fieldOf(written, key) ?? null, [...at, key], sight, resolution, reads);
  if (fieldOf(written, 'instructions') === undefined && fieldOf(written, 'input') === undefined) {
    const message = 'an agent needs `instructions`, or `input`, what it is asked';
    resolution.report({ code: 'MISSING_KEY', place: at, at: 'key', message, hint: 'write input: "..."' });
  }
  const engine = textField(written, 'engine');
  if (engine !== undefined && engine !== 'native') {
    const message = `the agent engine \`${engine}\` cannot be used yet`;
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...at, 'engine'],
      message,
      hint: 'write engine: native, or leave it out',
    });
  }
  if (resolution.options.subset === 'plan') {
    const message = 'a plan may not have an agent: which tools run must be seen before it runs';
    resolution.report({ code: 'NOT_IN_PLAN', place: at, at: 'key', message, hint: 'write its steps' });
  }
  refuseRemedies(step, place, 'agent', resolution);
  const work = agentWork(written, at, sight, resolution, reads);
  const { output } = work;
  const own = output === undefined ? mapOf({ text }) : typeOfJsonSchema(output);
  giveOutput(step, own, site);
  const { retry, ...policies } = resolvePolicies(step, place, sight, resolution, reads, { output: own });
  refuseSeeingRedaction(policies.rails, site);
  refuseUnknownTools(policies.rails, work.tools, place, resolution);
  return defined({
    kind: 'agent' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    instructions: fieldOf(written, 'instructions') ?? '',
    input: fieldOf(written, 'input') ?? null,
    ...work,
    turnRetry: retry,
  });
}

/** What is to be hidden of an agent's output is hidden in each of its turns, which see other things than the agent does. */
function refuseSeeingRedaction(rails: RailsSpec | undefined, { place, resolution }: StepSite): void {
  for (const [index, rail] of (rails?.output ?? []).entries()) {
    if (rail.action !== 'redact' || rail.mode === 'shadow' || !holdsExpression(rail.with)) continue;
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...place, 'rails', 'output', index],
      message: 'what an agent says is redacted in each of its turns, which see other things than it does',
      hint: 'write values',
    });
  }
}
