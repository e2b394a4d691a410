/**
 * What a task can see travels beside it where it is large. Tasks of one fan-out
 * see the same inputs, variables and outputs: stored once, they are fetched once
 * by each worker, however many tasks there are.
 */
import { dropOldest, isJsonObject } from '@telos/core';
import type { Json, JsonObject, Payload } from '@telos/core';
import { isSmall } from '../scope/values.ts';
import type { Lookup } from '../scope/values.ts';
import type { Apart, Task } from './task.ts';

/** Stores a large value; the same one is asked for once. */
type Persist = (value: Json) => Payload | Promise<Payload>;

/** Values that were stored, by identity: what a scope holds is never changed. Of texts the last few. */
export type StoredValues = {
  readonly objects: WeakMap<object, Payload | Promise<Payload>>;
  readonly texts: Map<string, Payload | Promise<Payload>>;
};

const textsKept = 50;

export function noValues(): StoredValues {
  return { objects: new WeakMap(), texts: new Map() };
}

/** Takes the large values out of what a task can see. A promise only when some of them have to be stored first. */
export function setApart(task: Task, stored: StoredValues, persist: Persist): Task | Promise<Task> {
  const coming: Promise<Apart>[] = [];
  const apart: Apart[] = [];

  function payloadOf(value: Json): Payload | Promise<Payload> | undefined {
    const known =
      typeof value === 'string' ? stored.texts.get(value) : isObject(value) ? stored.objects.get(value) : undefined;
    if (known !== undefined || isSmall(value)) return known;
    const storing = persist(value);
    remember(value, storing);
    if (storing instanceof Promise)
      storing.then(
        (payload) => remember(value, payload),
        () => forget(value),
      );
    return storing;
  }

  function remember(value: Json, payload: Payload | Promise<Payload>): void {
    if (isObject(value)) stored.objects.set(value, payload);
    if (typeof value !== 'string') return;
    stored.texts.set(value, payload);
    dropOldest(stored.texts, textsKept);
  }

  function forget(value: Json): void {
    if (isObject(value)) stored.objects.delete(value);
    else if (typeof value === 'string') stored.texts.delete(value);
  }

  /** The fields of an object that stay in the task. */
  function partOf(object: Json | undefined, at: readonly string[]): JsonObject {
    return Object.fromEntries(
      Object.entries(object ?? {}).filter(([name, value]) => {
        const payload = payloadOf(value);
        if (payload === undefined) return true;
        const place = [...at, name];
        if (payload instanceof Promise) coming.push(payload.then((come) => ({ at: place, payload: come })));
        else apart.push({ at: place, payload });
        return false;
      }),
    );
  }

  const { inputs, vars, steps, ...others } = task.scope;
  const left: Task = {
    ...task,
    scope: {
      inputs: partOf(inputs, ['scope', 'inputs']),
      vars: partOf(vars, ['scope', 'vars']),
      steps: Object.fromEntries(
        Object.entries(steps ?? {}).map(([id, envelope]) => [id, partOf(envelope, ['scope', 'steps', id])]),
      ),
      ...partOf(others, ['scope']),
    },
    sources: partOf(task.sources, ['sources']),
  };
  if (coming.length > 0) return Promise.all(coming).then((come) => ({ ...left, apart: [...apart, ...come] }));
  return apart.length === 0 ? left : { ...left, apart };
}

/** Puts what was taken out of a task, and has been gathered, back in its place. */
export function putBack(task: Task, apart: readonly Apart[], lookup: Lookup): Task {
  let whole: JsonObject = { scope: task.scope, sources: task.sources };
  for (const { at, payload } of apart) whole = withValue(whole, at, lookup(payload));
  // Safe: made of two objects, and whatever is put into them stays inside.
  return { ...task, ...(whole as Pick<Task, 'scope' | 'sources'>) };
}

function withValue(object: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[name];
  return {
    ...object,
    [name]: rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value),
  };
}

function isObject(value: Json): value is JsonObject | readonly Json[] {
  return typeof value === 'object' && value !== null;
}
