/** The engine of an agent: our own, or a framework, with what that cannot do. */
import { agentEngines } from '@telos/core';
import type { AgentEngineName, Json } from '@telos/core';
import { fieldOf, listField, objectField, textField } from '../../text/json-shape.ts';
import { suggestion } from '../../text/nearest.ts';
import type { Place } from '../../text/place.ts';
import type { Resolution } from '../resolution.ts';

/** Undefined: our own. */
export function engineOf(written: Json, at: Place, resolution: Resolution): AgentEngineName | undefined {
  const named = textField(written, 'engine');
  if (named === undefined || named === 'native') return undefined;
  const engine = agentEngines.find((one) => one === named);
  if (engine === undefined) {
    const known = ['native', ...agentEngines];
    const hint = suggestion(named, known) ?? `write one of ${known.join(', ')}`;
    const message = `there is no agent engine \`${named}\``;
    resolution.report({ code: 'INVALID_VALUE', place: [...at, 'engine'], message, hint });
    return undefined;
  }
  const missing = resolution.options.catalog.engines?.missing(engine);
  if (missing !== undefined) {
    const { message, next } = missing;
    resolution.report({ code: 'ENGINE_MISSING', place: [...at, 'engine'], message, hint: next });
  }
  for (const { place, what } of beyond(written))
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...at, ...place],
      at: 'key',
      message: `the agent engine \`${engine}\` keeps its conversation itself, so ${what}`,
      hint: 'leave it out, or write engine: native',
    });
  return engine;
}

/** A framework has its own way from turn to turn, which nobody else can change. */
function beyond(written: Json): readonly { readonly place: Place; readonly what: string }[] {
  const found: { readonly place: Place; readonly what: string }[] = [];
  if (fieldOf(written, 'handoffs') !== undefined)
    found.push({ place: ['handoffs'], what: 'it cannot be handed over to another agent' });
  if (fieldOf(written, 'context') !== undefined) found.push({ place: ['context'], what: 'no less of it can be shown' });
  const hooks = objectField(written, 'hooks');
  const told = { before_model: ['add', 'keep'], after_model: ['again'] } as const;
  for (const [named, effects] of Object.entries(told))
    for (const [position, rule] of (listField(hooks ?? null, named) ?? []).entries())
      for (const effect of effects)
        if (fieldOf(rule, effect) !== undefined)
          found.push({ place: ['hooks', named, position, effect], what: 'no rule can change what its model is told' });
  return found;
}
