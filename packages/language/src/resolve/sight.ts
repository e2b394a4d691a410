/**
 * Sight: which names an expression may use, by where it stands.
 *
 * Inside a block's body one sees the earlier steps of the same list and
 * whatever the block itself sees. From outside, a block is one step: what is
 * in its body cannot be named. Handlers (`catch`, `finally`) stand behind the
 * whole list of the workflow and see all of it, finished or not.
 */
import { anyJson } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import type { Order } from './order.ts';

/** A root name of a place. */
type Named = {
  /** Its fields, where others are names that are not known; absent: whatever its type says. */
  readonly fields?: readonly string[];
  readonly type: Type;
};
/** Root names of a place, such as `item`, `index`, `output`. */
export type Names = ReadonlyMap<string, Named>;

/** What is known of a step before it has run. */
export type StepTypes = {
  /** What `steps.<id>.output` is once it has ended. */
  readonly output: Type;
  readonly hasGate: boolean;
};

/** One list of steps, and what it stands in. */
export type StepList = {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly order: Order;
  /** Ids of steps inside the blocks of this list, with the block's id. */
  readonly inside: ReadonlyMap<string, string>;
  /** Ids of steps in the handlers of the workflow whose own list this is: with `catch` or `finally`. */
  readonly handled?: ReadonlyMap<string, string>;
  readonly around?: Around;
  /** By id; filled as the steps are read, each after those it may see. */
  readonly types: Map<string, StepTypes>;
};

/** The step whose body a list is; of a handler's list, no step but everything before it. */
export type Around = {
  readonly list: StepList;
  readonly index: number | undefined;
  /** A rail of the step, or of one around it, may put other values in place of what the tools in its body give. */
  readonly replaces?: boolean;
};

export type Look =
  /** `hasEnded`: it has; in a handler it need not even have begun. */
  | { readonly is: 'seen'; readonly types: StepTypes | undefined; readonly hasEnded: boolean }
  | { readonly is: 'itself' }
  /** `waits`: it waits for the one that looks, so that this one cannot wait for it. */
  | { readonly is: 'not_before'; readonly waits: boolean }
  | { readonly is: 'inside'; readonly block: string }
  | { readonly is: 'in_handler'; readonly handler: string }
  | { readonly is: 'unknown' };

export type Sight = {
  /** Besides `steps`, the roots and `secrets`. */
  readonly names: Names;
  /** Steps seen from the step at `index`; from after the whole list when `index` is undefined. No steps when absent. */
  readonly from?: Around & {
    /** The step at `index` has succeeded and is seen too. */
    readonly itself?: true;
  };
  /** What every run has; before there is a run, less. */
  readonly roots: readonly ('inputs' | 'vars' | 'run')[];
  readonly secrets: boolean;
};

export const noNames: Names = new Map();

/** What sees all steps of a list from behind it, whatever they may have given. */
export function afterAll(ids: readonly string[]): Around {
  const order: Order = { sequence: ids.map((_, index) => index), after: ids.map(() => []), isAncestor: () => true };
  const types = new Map(ids.map((id): [string, StepTypes] => [id, { output: anyJson, hasGate: true }]));
  return {
    index: undefined,
    list: { indexOf: new Map(ids.map((id, at) => [id, at])), order, inside: new Map(), types },
  };
}

/** Where a run is under way: what stands before any of its steps. */
export const beforeSteps: Sight = { names: noNames, roots: ['inputs', 'vars', 'run'], secrets: false };

export function look(sight: Sight, id: string): Look {
  let list = sight.from?.list;
  let index = sight.from?.index;
  let itself = sight.from?.itself === true;
  let isHandling = false;
  while (list !== undefined) {
    const found = list.indexOf.get(id);
    if (found !== undefined) {
      const seen = { is: 'seen', types: list.types.get(id), hasEnded: !isHandling } as const;
      if (found === index) return itself ? seen : { is: 'itself' };
      if (index === undefined || list.order.isAncestor(found, index)) return seen;
      return { is: 'not_before', waits: list.order.isAncestor(index, found) };
    }
    const block = list.inside.get(id);
    if (block !== undefined) return { is: 'inside', block };
    const handler = list.handled?.get(id);
    if (handler !== undefined) return { is: 'in_handler', handler };
    index = list.around?.index;
    isHandling = list.around !== undefined && list.around.index === undefined;
    list = list.around?.list;
    itself = false;
  }
  return { is: 'unknown' };
}

/** Ids that can be read from here, for suggestions; found as they are asked for. */
export function* visibleSteps(sight: Sight): Generator<string> {
  for (let list = sight.from?.list; list !== undefined; list = list.around?.list) {
    for (const id of list.indexOf.keys()) if (look(sight, id).is === 'seen') yield id;
  }
}

/** More names; one that was there already gets its new meaning. */
export function namesWith(names: Names, more: { readonly [name: string]: Named }): Names {
  return new Map([...names, ...Object.entries(more)]);
}

export function withNames(sight: Sight, more: { readonly [name: string]: Named }): Sight {
  return { ...sight, names: namesWith(sight.names, more) };
}
