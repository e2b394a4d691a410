/** What the call of an attempt may have done: as the step states, or as the tool says of this very input. */
import type { ActionStep, AnyTool, Did, Effect } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Rendering } from '../scope/rendering.ts';

export type Calling = { readonly tool: AnyTool; readonly scope: Scope; readonly rendering: Rendering };

export function didOf({ step }: { readonly step: ActionStep }, calling: Calling): Did {
  const effect = effectOf(step, calling);
  return { effect, repeatable: effect === 'write' && calling.tool.idempotent && step.idempotencyKey !== undefined };
}

function effectOf(step: ActionStep, { tool, scope, rendering }: Calling): Effect {
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
