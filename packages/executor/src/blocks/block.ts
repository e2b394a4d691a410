/** Blocks: how a body is instantiated when a block opens, and what a block gives when its body has ended. */
import { isJsonObject, opened, stepPath, TelosError } from '@telos/core';
import type {
  ChatMessage,
  EndedFrame,
  Frame,
  Json,
  JsonObject,
  Opening,
  Payload,
  RunState,
  Step,
  StepPath,
  SwitchStep,
} from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { taskIn } from '../labels/call-leave.ts';
import { outputRead, vaultsOfOutput } from '../scope/put-back.ts';
import type { Lookup } from '../scope/values.ts';

/**
 * What a block is given, as its rails see it; undefined of those that are given nothing: their branches and cases read
 * what they need.
 *
 * @param written What a person put in place of the arguments of an agent's call.
 * @throws TelosError EXPRESSION_FAILED, VALUE_INVALID.
 */
export function blockInput(step: Step, linked: Linked, scope: Scope, written?: Json): Json | undefined {
  switch (step.kind) {
    case 'foreach':
      return linked.render(step.items, scope);
    case 'loop':
      return linked.render(step.state, scope);
    case 'agent':
      return {
        instructions: linked.render(step.instructions, scope),
        input: written === undefined ? linked.render(step.input, scope) : taskIn(written),
      };
    case 'workflow':
      return written ?? linked.render(step.with, scope);
    case 'plan':
      return linked.render(step.with, scope);
    case 'parallel':
    case 'switch':
    case 'wait':
    case 'approve':
    case 'action':
      return undefined;
  }
}

/** How a block opens in this scope, its values not stored yet; `no_case` when no case of a switch holds. */
export type BlockPlan =
  | { readonly items: readonly Json[] }
  | { readonly state: Json }
  | { readonly workflow: string; readonly given: JsonObject }
  | { readonly opening: Opening }
  | { readonly request: JsonObject }
  | 'no_case';

/** @param input As it has passed its rails. @throws TelosError EXPRESSION_FAILED. */
export function planBlock(step: Step, linked: Linked, scope: Scope, input: Json | undefined): BlockPlan {
  switch (step.kind) {
    case 'foreach': {
      const items = input ?? null;
      if (!Array.isArray(items)) {
        throw new TelosError('EXPRESSION_FAILED', `\`foreach\` of ${step.id} needs a list and got ${kindOf(items)}.`);
      }
      return { items };
    }
    case 'parallel':
      return { opening: { branches: Object.keys(step.branches) } };
    case 'switch': {
      const chosen = chosenCase(step, linked, scope);
      return chosen === undefined ? 'no_case' : { opening: { case: chosen } };
    }
    case 'plan':
      return { request: mapOf(step, input) };
    case 'loop':
      return { state: mapOf(step, input) };
    case 'agent': {
      const { instructions = null, input: asked = null } = mapOf(step, input);
      // What an agent before it has said, as this engine kept it.
      const said =
        step.said === undefined ? [] : (linked.render(step.said, scope) as unknown as readonly ChatMessage[]);
      return { state: opened(instructions, asked, said) };
    }
    case 'workflow':
      return { workflow: step.workflow, given: mapOf(step, input) };
    case 'wait':
    case 'approve':
    case 'action':
      throw new TelosError('BUG', `Step ${step.id} is no block.`);
  }
}

/** It was written as a map; a person or a rail may have put something else in its place. */
export function mapOf(step: Step, input: Json | undefined): JsonObject {
  if (input !== undefined && isJsonObject(input)) return input;
  throw new TelosError('EXPRESSION_FAILED', `What stands in place of the input of ${step.id} is no map.`);
}

/** Position of the first case whose `when` holds, or that has none; undefined when no case holds. @throws TelosError EXPRESSION_FAILED. */
export function chosenCase(step: SwitchStep, linked: Linked, scope: Scope): number | undefined {
  const chosen = step.cases.findIndex((one) => one.when === undefined || linked.test(one.when, scope));
  return chosen < 0 ? undefined : chosen;
}

/** The last output of each frame that did not fail: what `blockOutput` looks up, beside what a `yield` reads. */
export function bodyOutputs(state: RunState, frames: readonly EndedFrame[]): Payload[] {
  const outputs: Payload[] = [];
  for (const { frame, error } of frames) {
    if (error !== undefined) continue;
    const last = lastOutput(state, frame);
    if (last !== undefined) outputs.push(last.output, ...vaultsOfOutput(state, last.path));
  }
  return outputs;
}

/**
 * What a block gives whose body ended well.
 *
 * @param yielded Renders a foreach's `yield` in one of its frames.
 */
export function blockOutput(
  state: RunState,
  step: Step,
  frames: readonly EndedFrame[],
  lookup: Lookup,
  yielded: (frame: Frame) => Json,
): Json {
  const outputIn = (frame: Frame): Json => {
    const last = lastOutput(state, frame);
    return last === undefined ? null : outputRead(state, last.path, last.output, lookup);
  };
  switch (step.kind) {
    case 'foreach': {
      const kept = step.onItemError === 'skip' ? frames.filter(({ error }) => error === undefined) : frames;
      return kept.map(({ frame, error }) => {
        // An ErrorRecord is plain JSON.
        if (error !== undefined) return { error: error as Json };
        return step.yield === undefined ? outputIn(frame) : yielded(frame);
      });
    }
    case 'parallel':
      return Object.fromEntries(frames.map(({ frame }) => [branchOf(frame), outputIn(frame)]));
    case 'switch':
    case 'plan':
    case 'loop':
    case 'agent':
    case 'workflow':
      return frames[0] === undefined ? null : outputIn(frames[0].frame);
    case 'wait':
    case 'approve':
    case 'action':
      throw new TelosError('BUG', `Step ${step.id} is no block.`);
  }
}

function lastOutput(
  state: RunState,
  frame: Frame,
): { readonly path: StepPath; readonly output: Payload } | undefined {
  const last = frame.steps.at(-1);
  if (last === undefined) return undefined;
  const path = stepPath(frame.path, last.id);
  const known = state.steps.get(path);
  return known?.status === 'succeeded' ? { path, output: known.output } : undefined;
}

function branchOf(frame: Frame): string {
  return frame.block !== undefined && 'branch' in frame.block.key ? frame.block.key.branch : frame.path;
}

function kindOf(value: Json): string {
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
