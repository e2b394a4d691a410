/** Reads one list of steps: ids, order, then each step in its sight. */
import type { Json, Step } from '@telos/core';
import { fieldOf, isObject, textField } from '../text/json-shape.ts';
import { namePattern } from '../document/scalars.ts';
import type { Place } from '../text/place.ts';
import { orderOf } from './order.ts';
import type { Resolution } from './resolution.ts';
import type { Sight, StepList } from './sight.ts';
import type { ResolvedList, Surroundings } from './step-site.ts';
import { resolveStep } from './step.ts';

export function resolveSteps(
  written: readonly Json[],
  place: Place,
  surroundings: Surroundings,
  resolution: Resolution,
): ResolvedList {
  const ids = written.map((step) => {
    const id = textField(step, 'id');
    return id !== undefined && namePattern.test(id) ? id : undefined;
  });
  const indexOf = new Map<string, number>();
  for (const [index, id] of ids.entries()) {
    if (id === undefined) continue;
    const first = indexOf.get(id);
    if (first === undefined) {
      indexOf.set(id, index);
      shadowing(id, [...place, index, 'id'], surroundings, resolution);
    } else {
      const message = `two steps of this list have the id \`${id}\``;
      resolution.report({
        code: 'DUPLICATE_ID',
        place: [...place, index, 'id'],
        message,
        hint: `the first is step ${first + 1} of the list`,
      });
    }
  }
  const order = orderOf(
    written.map((step, index) => ({ id: ids[index], needs: fieldOf(step, 'needs') })),
    indexOf,
    place,
    resolution.report,
  );
  const list: StepList = {
    indexOf,
    order,
    inside: insideOf(written, ids),
    ...(surroundings.around === undefined ? {} : { around: surroundings.around }),
  };
  const sightFrom = (index: number | undefined): Sight => ({
    names: surroundings.names,
    from: { list, index },
    vars: true,
    secrets: false,
  });
  const steps = written.flatMap((step, index): readonly Step[] => {
    const id = ids[index] ?? '';
    const chain = surroundings.chain === '' ? id : `${surroundings.chain}.${id}`;
    if (id !== '') resolution.places.set(chain, [...place, index]);
    const resolved = resolveStep(step, {
      id,
      place: [...place, index],
      chain,
      after: order.after[index] ?? [],
      sight: sightFrom(index),
      resolution,
      body: (body, at, inner, names) =>
        resolveSteps(body, at, { names, around: { list, index }, chain: inner }, resolution),
    });
    return resolved === undefined ? [] : [resolved];
  });
  return { steps, after: sightFrom(undefined) };
}

/** An id that a list around this one has too would leave `steps.<id>` with two meanings. */
function shadowing(id: string, place: Place, surroundings: Surroundings, resolution: Resolution): void {
  for (let outer = surroundings.around; outer !== undefined; outer = outer.list.around) {
    if (!outer.list.indexOf.has(id)) continue;
    const message = `a step of a list around this one has the id \`${id}\` too`;
    return resolution.report({ code: 'DUPLICATE_ID', place, message, hint: 'rename one of the two' });
  }
}

/** Ids anywhere inside the blocks of a list, with the block's id. */
function insideOf(written: readonly Json[], ids: readonly (string | undefined)[]): ReadonlyMap<string, string> {
  const inside = new Map<string, string>();
  for (const [index, step] of written.entries()) {
    const block = ids[index];
    if (block === undefined || !isObject(step)) continue;
    for (const key of ['steps', 'parallel', 'switch', 'best_of', 'map_reduce']) {
      const body = fieldOf(step, key);
      if (body !== undefined) for (const id of idsIn(body)) if (!inside.has(id)) inside.set(id, block);
    }
  }
  return inside;
}

function idsIn(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isObject(value) ? textField(value, 'id') : undefined;
  const nested = Object.entries(value).flatMap(([key, item]) => (key === 'with' ? [] : idsIn(item)));
  return own === undefined ? nested : [own, ...nested];
}
