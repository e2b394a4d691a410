/** What an agent works with: its model, what it may call, the form of its answer and its turns. Of one that another calls too. */
import type { AgentStep, AgentTool, CalledAgent, Json, ModelSpec } from '@telos/core';
import { ruleNaming } from '../../permissions/rules.ts';
import { defined } from '../../text/defined.ts';
import { durationMs } from '../../text/duration.ts';
import { fieldOf, isObject, listField, objectField, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import { budgetOf, countOf } from '../budget.ts';
import { checkTemplate, holdsExpression } from '../expressions.ts';
import { literalSchema } from '../json-schema.ts';
import { refsOf, resolveModel } from '../models.ts';
import type { Resolution } from '../resolution.ts';
import type { Sight } from '../sight.ts';
import { heldBackBy, nearestUse, noteNeed, usesNamedBy } from '../tool-use.ts';
import { hooksOf } from './agent-hooks.ts';
import { workflowNamedBy } from './workflow-calls.ts';

/** Turns of an agent that names no limit. */
const turnsAtMost = 12;

export type AgentWork = Pick<AgentStep, 'model' | 'tools' | 'output' | 'maxTurns' | 'context' | 'hooks'>;

/** @param reads Gets what the agents that it may call read. */
export function agentWork(
  written: Json,
  at: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): AgentWork {
  const model = fieldOf(written, 'model');
  if (model === undefined) resolution.requires.models.add('auto');
  const resolved = model === undefined ? 'auto' : resolveModel(model, [...at, 'model'], resolution);
  const schema = fieldOf(fieldOf(written, 'output'), 'schema');
  const output = schema === undefined ? undefined : literalSchema(schema, [...at, 'output', 'schema'], resolution);
  const maxTurns = fieldOf(written, 'max_turns');
  const site = { at, sight, resolution, reads };
  const takers = agentsOf(written, 'handoffs', site).map((one) => takingOver(one, output, at, resolution));
  const tools = [...toolsOf(written, at, resolution), ...agentsOf(written, 'agents', site), ...takers];
  refuseTwice(written, at, resolution);
  const tokens = countOf(fieldOf(fieldOf(written, 'context'), 'tokens'));
  if (tools.length > 0) refuseMute(resolved, at, resolution);
  const hooks = hooksOf(written, { ...site, sight: sightWithin(sight) }, tools, output);
  return defined({
    model: resolved ?? 'auto',
    tools,
    hooks,
    output,
    maxTurns: typeof maxTurns === 'number' ? maxTurns : turnsAtMost,
    context: tokens === undefined ? undefined : { strategy: 'drop_results' as const, tokens },
  });
}

/** What runs without a provider answers from what it is shown: an agent that has tools would end in its first turn. */
function refuseMute(model: ModelSpec | undefined, place: Place, resolution: Resolution): void {
  if (model === undefined || !refsOf(model).every((ref) => ref.startsWith('offline/'))) return;
  resolution.report({
    code: 'AGENT_NEEDS_MODEL',
    place: [...place, 'model'],
    message: `\`${refsOf(model).join('`, `')}\` calls no tools`,
    hint: 'name a model of a provider, write model: auto, or leave out its tools',
  });
}

/** What the globs name, less what is denied, each once and in order of the globs; and the workflows that are named. */
function toolsOf(written: Json, place: Place, resolution: Resolution): readonly AgentTool[] {
  const tools = new Map<string, AgentTool>();
  for (const [index, glob] of (listField(written, 'tools') ?? []).entries()) {
    if (typeof glob !== 'string') continue;
    const at = [...place, 'tools', index];
    const called = workflowNamedBy(glob, at, resolution);
    if (called !== undefined) {
      if (called !== 'refused') tools.set(called.name, called);
      continue;
    }
    const named = usesNamedBy(glob, resolution);
    const allowed = named.filter((use) => ruleNaming(resolution.deny, use) === undefined);
    if (named.length === 0) {
      resolution.report({
        code: 'UNKNOWN_TOOL',
        place: at,
        message: `no tool is named by \`${glob}\``,
        hint: heldBackBy(glob, resolution) ?? nearestUse(glob, resolution) ?? 'list them with `telos tools`',
      });
    } else if (allowed.length === 0) {
      resolution.report({
        code: 'TOOL_DENIED',
        place: at,
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

type AgentSite = {
  readonly at: Place;
  readonly sight: Sight;
  readonly resolution: Resolution;
  /** Of the agent around. */
  readonly reads: Set<string>;
};

/** The agents that it may call, or hand over to, each with what it works with itself. */
function agentsOf(
  written: Json,
  key: 'agents' | 'handoffs',
  { at: place, sight, resolution, reads: outer }: AgentSite,
): readonly CalledAgent[] {
  return Object.entries(objectField(written, key) ?? {}).flatMap(([name, one]): readonly CalledAgent[] => {
    if (!isObject(one)) return [];
    const at = [...place, key, name];
    const reads = new Set<string>();
    checkName(name, at, resolution);
    const description = textField(one, 'description') ?? '';
    if (holdsExpression(description)) {
      const message = 'what a model is told of an agent is the same in every run';
      const hint = 'leave `${{ }}` out; its `instructions` may hold it';
      resolution.report({ code: 'INVALID_VALUE', place: [...at, 'description'], message, hint });
    }
    const inner = sightWithin(sight);
    checkTemplate(fieldOf(one, 'instructions') ?? null, [...at, 'instructions'], inner, resolution, reads);
    refuseShadowed(reads, [...at, 'instructions'], resolution);
    const work = agentWork(one, at, inner, resolution, reads);
    const budget = budgetOf(fieldOf(one, 'budget'));
    const timeoutMs = durationMs(textField(one, 'timeout') ?? '');
    for (const id of reads) outer.add(id);
    const agent = defined({
      reads: [...reads].sort(),
      instructions: fieldOf(one, 'instructions') ?? '',
      ...work,
      budget,
      timeoutMs: timeoutMs === undefined ? budget?.wallMs : Math.min(timeoutMs, budget?.wallMs ?? timeoutMs),
    });
    return [{ name, description, agent }];
  });
}

/** What it answers is the answer of the agent around it, so it has the form of that. */
function takingOver(one: CalledAgent, output: AgentWork['output'], place: Place, resolution: Resolution): CalledAgent {
  if (one.agent.output !== undefined) {
    const at = [...place, 'handoffs', one.name, 'output'];
    const message = 'whoever takes a conversation over answers in the form that the agent around it has';
    resolution.report({ code: 'INVALID_VALUE', place: at, at: 'key', message, hint: 'write `output` there' });
  }
  return { ...inForm(one, output), handsOff: true };
}

/** With those that it hands over to in turn. */
function inForm(one: CalledAgent, output: AgentWork['output']): CalledAgent {
  const { output: _own, tools, ...agent } = one.agent;
  const inside = tools.map((tool) => ('agent' in tool && tool.handsOff === true ? inForm(tool, output) : tool));
  return { ...one, agent: defined({ ...agent, tools: inside, output }) };
}

function refuseTwice(written: Json, place: Place, resolution: Resolution): void {
  const called = objectField(written, 'agents') ?? {};
  for (const name of Object.keys(objectField(written, 'handoffs') ?? {})) {
    if (!Object.hasOwn(called, name)) continue;
    const message = `\`${name}\` is one of its \`agents\` too`;
    const at = [...place, 'handoffs', name];
    resolution.report({ code: 'INVALID_VALUE', place: at, at: 'key', message, hint: 'give it another name' });
  }
}

/** A rule of `permissions`, and the model, know it by this name alone. */
function checkName(name: string, place: Place, resolution: Resolution): void {
  if (resolution.options.catalog.tools.has(name)) {
    const message = `there is a tool \`${name}\`, so no agent can be called that`;
    resolution.report({ code: 'INVALID_VALUE', place, at: 'key', message, hint: 'give it another name' });
  }
  const rule = ruleNaming(resolution.deny, { written: name, uses: name });
  if (rule === undefined) return;
  resolution.report({
    code: 'TOOL_DENIED',
    place,
    at: 'key',
    message: `the agent \`${name}\` is denied by \`${rule}\` under \`permissions\``,
    hint: 'take it off one of the lists',
  });
}

/**
 * It is called in a round of the agent around it, whose state, the conversation, would be seen in place of the state of
 * a loop further out.
 */
function sightWithin(sight: Sight): Sight {
  const names = new Map(sight.names);
  names.delete('state');
  names.delete('index');
  return { ...sight, names };
}

/** Steps of the round that it is called in have these names, and are nearer. */
function refuseShadowed(reads: ReadonlySet<string>, place: Place, resolution: Resolution): void {
  for (const id of reads) {
    if (id !== 'turn' && !/^call_\d+$/.test(id)) continue;
    const message = `an agent that another one calls cannot see the step \`${id}\`: in a round of that one the name means something else`;
    resolution.report({ code: 'UNKNOWN_STEP', place, message, hint: 'give the step another id' });
  }
}
