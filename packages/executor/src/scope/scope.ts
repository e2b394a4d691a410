/** What expressions of a step can see: the inputs, the steps it reads, the items of the loops around it. */
import type { Frame, Json, JsonObject, Payload, RunState, Step, StepPath, StepState, Usage } from '@telos/core';
import { addUsage, graphOf, isWithin, noUsage, startOf, stepPath } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Context } from './contexts.ts';
import { outputRead, vaultsOfOutput } from './put-back.ts';
import type { Lookup } from './values.ts';

/** The payloads that `scopeOf` will look up for expressions in this frame that read these steps. */
export function payloadsOf(state: RunState, { inputs }: Context, frame: Frame, reads: readonly string[]): Payload[] {
  const payloads: Payload[] = [inputs];
  for (const id of reads) {
    const path = pathOf(frame, id);
    const output = path === undefined ? undefined : outputOf(state.steps.get(path));
    if (path === undefined || output === undefined) continue;
    payloads.push(output, ...vaultsOfOutput(state, path));
  }
  for (let at = around(frame); at !== undefined; at = around(at.frame)) {
    const opening = state.blocks.get(at.path);
    if (opening !== undefined && 'foreach' in opening) payloads.push(opening.foreach);
    const round = loopState(state, at);
    if (round !== undefined) payloads.push(round);
  }
  return payloads;
}

/** The root names for expressions in this frame that read these steps. `vars` are the workflow's, rendered. */
export function scopeOf(
  state: RunState,
  { inputs }: Context,
  vars: JsonObject,
  frame: Frame,
  reads: readonly string[],
  lookup: Lookup,
): Scope {
  const steps: { [id: string]: Json } = {};
  for (const id of reads) steps[id] = envelope(state, pathOf(frame, id), lookup);
  const scope: { [name: string]: Json } = {
    inputs: lookup(inputs),
    vars,
    steps,
    run: runFacts(state),
  };
  const error = errorOf(frame);
  if (error !== undefined) scope['error'] = error;
  for (let at = around(frame); at !== undefined; at = around(at.frame)) {
    const opening = state.blocks.get(at.path);
    if (opening !== undefined && 'foreach' in opening && at.step.kind === 'foreach' && 'item' in at.key) {
      const items = lookup(opening.foreach);
      addFarther(scope, at.step.as, Array.isArray(items) ? (items[at.key.item] ?? null) : null);
      addFarther(scope, 'index', at.key.item);
    }
    const round = loopState(state, at);
    if (round !== undefined && 'round' in at.key) {
      addFarther(scope, 'state', lookup(round));
      addFarther(scope, 'index', at.key.round - 1);
    }
  }
  return scope;
}

/** The root names inside a frame of a block whose own scope is `outer`: what that sees is seen there too. */
export function scopeWithin(
  state: RunState,
  context: Context,
  outer: Scope,
  frame: Frame,
  reads: readonly string[],
  lookup: Lookup,
): Scope {
  return { ...outer, ...scopeOf(state, context, {}, frame, reads, lookup), vars: outer['vars'] ?? {} };
}

/** Names a value of a farther block: what a nearer one has named so stays. */
function addFarther(scope: { [name: string]: Json }, name: string, value: Json): void {
  if (!Object.hasOwn(scope, name)) scope[name] = value;
}

/** The block around a frame, as long as it is of the same program. */
export function around(frame: Frame): NonNullable<Frame['block']> | undefined {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.within)
    if (at.block !== undefined) return at.block.step.kind === 'workflow' ? undefined : at.block;
  return undefined;
}

export function errorOf(frame: Frame): Json | undefined {
  let at: Frame | undefined = frame;
  while (at !== undefined && at.error === undefined) at = at.block?.frame;
  return at?.error;
}

/** The state that a round of a loop sees; undefined when the block is no loop. */
export function loopState(state: RunState, at: Pick<NonNullable<Frame['block']>, 'path' | 'key'>): Payload | undefined {
  if (!('round' in at.key)) return undefined;
  const opening = state.blocks.get(at.path);
  if (opening === undefined || !('loop' in opening)) return undefined;
  return at.key.round === 1 ? opening.loop : state.rounds.get(at.path)?.[at.key.round - 2];
}

/** The outputs that these steps gave, by id: the sources an answer may lean on. Steps without an output are left out. */
export function sourcesOf(state: RunState, frame: Frame, reads: readonly string[], lookup: Lookup): JsonObject {
  const sources: { [id: string]: Json } = {};
  for (const id of reads) {
    const path = pathOf(frame, id);
    const output = path === undefined ? undefined : outputOf(state.steps.get(path));
    if (path !== undefined && output !== undefined) sources[id] = outputRead(state, path, output, lookup);
  }
  return sources;
}

/** Facts about a run as they were last worked out: they change with its usage alone. */
const facts = new WeakMap<RunState, { readonly usage: Usage; readonly facts: JsonObject }>();

function runFacts(state: RunState): JsonObject {
  const known = facts.get(state);
  if (known?.usage === state.usage && state.phase.status === 'running') return known.facts;
  const startedAt = startOf(state) ?? state.createdAt;
  const made = {
    id: state.id,
    workflow: state.workflow,
    started_at: new Date(startedAt).toISOString(),
    usage: state.usage,
  };
  if (state.phase.status === 'running') facts.set(state, { usage: state.usage, facts: made });
  return made;
}

/** The path of the step that `id` names when read from inside `frame`: the nearest one outward. */
export function pathOf(frame: Frame, id: string): StepPath | undefined {
  let at: Frame | undefined = frame;
  while (at !== undefined) {
    if (graphOf(at.steps).positions.has(id)) return stepPath(at.path, id);
    at = at.block?.frame ?? at.within;
  }
  return undefined;
}

/** The step that `id` names when read from inside `frame`, and the frame that it stands in. */
export function stepIn(frame: Frame, id: string): { readonly step: Step; readonly frame: Frame } | undefined {
  let at: Frame | undefined = frame;
  while (at !== undefined) {
    const step = at.steps.find((one) => one.id === id);
    if (step !== undefined) return { step, frame: at };
    at = at.block?.frame ?? at.within;
  }
  return undefined;
}

function outputOf(step: StepState | undefined): Payload | undefined {
  if (step?.status === 'succeeded') return step.output;
  if (step?.status === 'failed') return step.output;
  if (step?.status === 'cancelled') return step.partial;
  return undefined;
}

/** `steps.<id>` as the language promises it: always the same fields, null where there is nothing. */
function envelope(state: RunState, path: StepPath | undefined, lookup: Lookup): JsonObject {
  const step = path === undefined ? undefined : state.steps.get(path);
  if (path === undefined || step === undefined) {
    return { status: 'pending', output: null, error: null, usage: noUsage, gate: null, attempt: 0 };
  }
  const output = outputOf(step);
  const own = usageOf(step);
  const shown = {
    status: step.status === 'retrying' ? 'waiting' : step.status,
    output: output === undefined ? null : outputRead(state, path, output, lookup),
    error: step.status === 'failed' ? step.error : null,
    usage: own,
    gate: 'gate' in step && step.gate !== undefined ? step.gate : null,
    attempt: 'attempt' in step ? step.attempt : 0,
  };
  if (!state.blocks.has(path)) return shown;
  // Of a block: with all that its body used. Added up when an expression asks.
  return Object.defineProperty(shown, 'usage', {
    enumerable: true,
    get: () => addUsage(own, usageWithin(state, path)),
  });
}

export function usageOf(step: StepState): Usage {
  if ('usage' in step) return step.usage;
  return 'history' in step ? step.history.usage : noUsage;
}

/** Of all that is inside a block, its own not counted. */
export function usageWithin(state: RunState, block: StepPath): Usage {
  let sum = noUsage;
  for (const [path, step] of state.steps)
    if (path !== block && isWithin(path, block)) sum = addUsage(sum, usageOf(step));
  return sum;
}
