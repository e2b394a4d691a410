/** An agent: what it is told, what it is asked, and the tools that it may call, named by globs. */
import type { AgentStep, AgentTool, Json, RailsSpec } from '@telos/core';
import { ruleNaming } from '../../permissions/rules.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, listField, objectField, textField } from '../../text/json-shape.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { mapOf, text } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import { literalSchema } from '../json-schema.ts';
import { resolveModel } from '../models.ts';
import { refuseRemedies, resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { nearestUse, usesNamedBy } from '../tool-use.ts';

/** Turns of an agent that names no limit. */
const turnsAtMost = 12;

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
  const model = fieldOf(written, 'model');
  if (model === undefined) resolution.requires.models.add('auto');
  const resolved = model === undefined ? 'auto' : resolveModel(model, [...at, 'model'], resolution);
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
  const schema = fieldOf(fieldOf(written, 'output'), 'schema');
  const output = schema === undefined ? undefined : literalSchema(schema, [...at, 'output', 'schema'], resolution);
  const own = output === undefined ? mapOf({ text }) : typeOfJsonSchema(output);
  giveOutput(step, own, site);
  const { retry, ...policies } = resolvePolicies(step, place, sight, resolution, reads, { output: own });
  refuseLateRedaction(policies.rails, site);
  const maxTurns = fieldOf(written, 'max_turns');
  return defined({
    kind: 'agent' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    instructions: fieldOf(written, 'instructions') ?? '',
    input: fieldOf(written, 'input') ?? null,
    model: resolved ?? 'auto',
    tools: toolsOf(written, at, site),
    output,
    maxTurns: typeof maxTurns === 'number' ? maxTurns : turnsAtMost,
    turnRetry: retry,
  });
}

/** What the globs name, less what is denied, each once and in order of the globs. */
function toolsOf(written: Json, place: StepSite['place'], { resolution }: StepSite): readonly AgentTool[] {
  const tools = new Map<string, AgentTool>();
  for (const [index, glob] of (listField(written, 'tools') ?? []).entries()) {
    if (typeof glob !== 'string') continue;
    const named = usesNamedBy(glob, resolution);
    const allowed = named.filter((use) => ruleNaming(resolution.deny, use) === undefined);
    if (named.length === 0) {
      resolution.report({
        code: 'UNKNOWN_TOOL',
        place: [...place, 'tools', index],
        message: `no tool is named by \`${glob}\``,
        hint: nearestUse(glob, resolution) ?? 'list them with `telos tools`',
      });
    } else if (allowed.length === 0) {
      resolution.report({
        code: 'TOOL_DENIED',
        place: [...place, 'tools', index],
        message: `all that \`${glob}\` names is denied under \`permissions\``,
        hint: 'take it off one of the lists',
      });
    }
    for (const use of allowed) {
      const { written: name, uses, connection } = use;
      resolution.requires.tools.add(uses);
      const asks = ruleNaming(resolution.ask, use) === undefined ? undefined : (true as const);
      tools.set(name, defined({ name, uses, connection, asks }));
    }
  }
  return [...tools.values()];
}

/** What a model said stands in the journal with its turn: a rail that would hide it at the end comes too late. */
function refuseLateRedaction(rails: RailsSpec | undefined, { place, resolution }: StepSite): void {
  if (rails?.output?.some(({ action, mode }) => action === 'redact' && mode === 'enforce') !== true) return;
  resolution.report({
    code: 'UNSUPPORTED',
    place: [...place, 'rails', 'output'],
    at: 'key',
    message: "an agent's output cannot be redacted: what its model said stands in the journal with its turn",
    hint: 'block it or ask a person, or redact what the agent is given (`tool_result`, the input of the run)',
  });
}
