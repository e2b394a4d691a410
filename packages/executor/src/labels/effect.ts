/** What the call of an attempt may have done: as the step states, or as the tool says of this very input. */
import type { ActionStep, AnyTool, Did, Effect } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Rendering } from '../scope/rendering.ts';

export type Calling = { readonly step: ActionStep; readonly scope: Scope; readonly rendering: Rendering };

export function didOf(calling: Calling, tool: AnyTool): Did {
  const effect = effectOf(calling, tool);
  const { step } = calling;
  return { effect, repeatable: effect === 'write' && tool.idempotent && step.idempotencyKey !== undefined };
}

function effectOf({ step, scope, rendering }: Calling, tool: AnyTool): Effect {
  if (step.effect !== undefined || tool.effectOf === undefined) return step.effect ?? tool.effect;
  try {
    const input = tool.input.safeParse(rendering.input(step, scope).input);
    if (!input.success) return tool.effect;
    return tool.effectOf(input.data, { connection: (name) => rendering.connection(name, scope) });
  } catch {
    // What cannot be told is taken for the strictest.
    return tool.effect;
  }
}
