/** An agent: what it is told, what it is asked, and the tools that it may call, named by globs. */
import type { AgentStep, AgentTool, Json, ModelSpec, RailsSpec } from '@telos/core';
import { ruleNaming } from '../../permissions/rules.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, listField, objectField, textField } from '../../text/json-shape.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { mapOf, text } from '../../types/type.ts';
import { checkTemplate, holdsExpression } from '../expressions.ts';
import { literalSchema } from '../json-schema.ts';
import { refsOf, resolveModel } from '../models.ts';
import { refuseRemedies, resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { heldBackBy, nearestUse, noteNeed, usesNamedBy } from '../tool-use.ts';

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
  refuseSeeingRedaction(policies.rails, site);
  const maxTurns = fieldOf(written, 'max_turns');
  const tools = toolsOf(written, at, site);
  if (tools.length > 0) refuseMute(resolved, at, site);
  return defined({
    kind: 'agent' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    instructions: fieldOf(written, 'instructions') ?? '',
    input: fieldOf(written, 'input') ?? null,
    model: resolved ?? 'auto',
    tools,
    output,
    maxTurns: typeof maxTurns === 'number' ? maxTurns : turnsAtMost,
    turnRetry: retry,
  });
}

/** What runs without a provider answers from what it is shown: an agent that has tools would end in its first turn. */
function refuseMute(model: ModelSpec | undefined, place: StepSite['place'], { resolution }: StepSite): void {
  if (model === undefined || !refsOf(model).every((ref) => ref.startsWith('offline/'))) return;
  resolution.report({
    code: 'AGENT_NEEDS_MODEL',
    place: [...place, 'model'],
    message: `\`${refsOf(model).join('`, `')}\` calls no tools`,
    hint: 'name a model of a provider, write model: auto, or leave out its tools',
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
        hint: heldBackBy(glob, resolution) ?? nearestUse(glob, resolution) ?? 'list them with `telos tools`',
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
      const { written: name, uses, connection, served } = use;
      noteNeed(uses, served, resolution);
      const asks = ruleNaming(resolution.ask, use) === undefined ? undefined : (true as const);
      tools.set(name, defined({ name, uses, connection, asks }));
    }
  }
  return [...tools.values()];
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
