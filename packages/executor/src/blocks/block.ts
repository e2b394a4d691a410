/** What a block is given, and how its body is made of that when it opens. */
import { isJsonObject, opened, TelosError } from '@telos/core';
import type { ChatMessage, Json, JsonObject, Opening, Step, SwitchStep } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { taskIn } from '../labels/call-leave.ts';

/**
 * What a block is given, as its rails see it; undefined of those that are given nothing: their branches and cases read
 * what they need.
 *
 * @param written What a person put in place of the arguments of an agent's call, or of what a planner is asked.
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
      return written ?? linked.render(step.with, scope);
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

function kindOf(value: Json): string {
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
