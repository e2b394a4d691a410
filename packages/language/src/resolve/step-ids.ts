/** Ids of steps as they are written, wherever a list of steps may stand. */
import type { Json } from '@telos/core';
import { fieldOf, isList, listField, objectField, textField } from '../text/json-shape.ts';

/** Ids anywhere inside the blocks of a list, with the id of the list's step. */
export function insideOf(written: readonly Json[], ids: readonly (string | undefined)[]): ReadonlyMap<string, string> {
  const inside = new Map<string, string>();
  for (const [index, step] of written.entries()) {
    const block = ids[index];
    if (block === undefined) continue;
    for (const id of bodiesOf(step).flatMap(idsIn)) if (!inside.has(id)) inside.set(id, block);
  }
  return inside;
}

/** Ids of the steps of a workflow's `catch` and `finally`, with the handler's name. */
export function handledIn(document: Json): ReadonlyMap<string, string> {
  const handlers = (listField(document, 'catch') ?? []).map((handler) => ['catch', fieldOf(handler, 'steps')] as const);
  const all = [...handlers, ['finally', fieldOf(document, 'finally')] as const];
  return new Map(all.flatMap(([name, steps]) => (isList(steps) ? idsIn(steps).map((id) => [id, name] as const) : [])));
}

function idsIn(steps: readonly Json[]): readonly string[] {
  return steps.flatMap((step) => {
    const id = textField(step, 'id');
    const inner = bodiesOf(step).flatMap(idsIn);
    return id === undefined ? inner : [id, ...inner];
  });
}

function bodiesOf(step: Json): readonly (readonly Json[])[] {
  const found = [
    fieldOf(step, 'steps'),
    ...Object.values(objectField(step, 'parallel') ?? {}),
    ...(listField(step, 'switch') ?? []).map((item) => fieldOf(item, 'steps')),
    fieldOf(fieldOf(step, 'best_of'), 'steps'),
    fieldOf(fieldOf(step, 'map_reduce'), 'map'),
    fieldOf(fieldOf(step, 'map_reduce'), 'reduce'),
  ];
  return found.filter(isList);
}
