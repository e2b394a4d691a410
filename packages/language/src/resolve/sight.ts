/**
 * Sight: which names an expression may use, by where it stands.
 *
 * Inside a block's body one sees the earlier steps of the same list and
 * whatever the block itself sees. From outside, a block is one step: what is
 * in its body cannot be named.
 */
import type { Order } from './order.ts';

/** One list of steps, and the step that it is the body of. */
export type StepList = {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly order: Order;
  /** Ids of steps inside the blocks of this list, with the block's id. */
  readonly inside: ReadonlyMap<string, string>;
  readonly around?: { readonly list: StepList; readonly index: number };
};

export type Look =
  | { readonly is: 'seen' }
  | { readonly is: 'itself' }
  | { readonly is: 'not_before' }
  | { readonly is: 'inside'; readonly block: string }
  | { readonly is: 'unknown' };

export type Sight = {
  /** Root names besides `inputs`, `vars` and `run`, such as `item`, `index`, `output`. */
  readonly names: ReadonlySet<string>;
  /** Steps seen from the step at `index`; from after the whole list when `index` is undefined. No steps when absent. */
  readonly from?: { readonly list: StepList; readonly index: number | undefined };
  readonly vars: boolean;
  readonly secrets: boolean;
};

export function look(sight: Sight, id: string): Look {
  let list = sight.from?.list;
  let index = sight.from?.index;
  while (list !== undefined) {
    const found = list.indexOf.get(id);
    if (found !== undefined) {
      if (found === index) return { is: 'itself' };
      return index === undefined || list.order.isAncestor(found, index) ? { is: 'seen' } : { is: 'not_before' };
    }
    const block = list.inside.get(id);
    if (block !== undefined) return { is: 'inside', block };
    index = list.around?.index;
    list = list.around?.list;
  }
  return { is: 'unknown' };
}

/** Ids that can be read from here, for suggestions; found as they are asked for. */
export function* visibleSteps(sight: Sight): Generator<string> {
  for (let list = sight.from?.list; list !== undefined; list = list.around?.list) {
    for (const id of list.indexOf.keys()) if (look(sight, id).is === 'seen') yield id;
  }
}

export function withNames(sight: Sight, names: readonly string[]): Sight {
  return { ...sight, names: new Set([...sight.names, ...names]) };
}
