/** Reads one list of steps: ids, order, then each step in its sight. */
import type { Json, Step } from '@telos/core';
import { namePattern } from '../document/scalars.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { orderOf } from './order.ts';
import { anyJson } from '../types/type.ts';
import type { Resolution } from './resolution.ts';
import { mayReplaceResults } from './step-types.ts';
import { beforeSteps } from './sight.ts';
import type { Sight, StepList } from './sight.ts';
import { insideOf } from './step-ids.ts';
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
      reserved(id, [...place, index, 'id'], surroundings, resolution);
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
    types: new Map(),
    ...defined({ handled: surroundings.handled, around: surroundings.around }),
  };
  const sightFrom = (index: number | undefined): Sight => ({
    ...beforeSteps,
    names: surroundings.names,
    from: { list, index },
  });
  const resolved = new Map<number, Step>();
  for (const index of order.sequence) {
    const step = written[index] ?? null;
    const id = ids[index] ?? '';
    const chain = surroundings.chain === '' ? id : `${surroundings.chain}.${id}`;
    if (id !== '') resolution.places.set(chain, [...place, index]);
    const replaces = surroundings.around?.replaces === true || mayReplaceResults(step);
    const made = resolveStep(step, {
      id,
      place: [...place, index],
      chain,
      after: order.after[index] ?? [],
      sight: sightFrom(index),
      resolution,
      isReplaced: replaces,
      gives: (types) => void list.types.set(id, types),
      body: (body, at, inner, names, within) =>
        resolveSteps(body, at, { names, around: { list, index, replaces }, chain: inner }, within),
    });
    if (made !== undefined) resolved.set(index, made);
  }
  const last = list.types.get(ids.at(-1) ?? '')?.output ?? anyJson;
  return {
    steps: written.flatMap((_, index) => resolved.get(index) ?? []),
    after: sightFrom(undefined),
    last,
  };
}

/** `catch` and `finally` name the handlers, beside the steps of the workflow's own list. */
function reserved(id: string, place: Place, { chain }: Surroundings, { report }: Resolution): void {
  if (chain !== '' || (id !== 'catch' && id !== 'finally')) return;
  const message = `\`${id}\` is the name of what runs after the steps`;
  report({ code: 'INVALID_VALUE', place, message, hint: 'choose another id' });
}

/** An id that a list around this one has too would leave `steps.<id>` with two meanings. */
function shadowing(id: string, place: Place, surroundings: Surroundings, resolution: Resolution): void {
  for (let outer = surroundings.around; outer !== undefined; outer = outer.list.around) {
    if (!outer.list.indexOf.has(id)) continue;
    const message = `a step of a list around this one has the id \`${id}\` too`;
    return resolution.report({ code: 'DUPLICATE_ID', place, message, hint: 'rename one of the two' });
  }
}
