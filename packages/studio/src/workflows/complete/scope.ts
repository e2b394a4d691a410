/** What a place in a workflow can name: steps, inputs, values, models and evaluators of the same text. */
import { startsWith } from './outline.ts';
import type { Entry, Path } from './outline.ts';

export type NamedStep = { readonly id: string; readonly about: string; readonly uses?: string };

/** Names that stand right below a path: of `['inputs']` those of the inputs. */
export function namesBelow(entries: readonly Entry[], path: Path): readonly string[] {
  const names = entries
    .filter(({ path: at }) => at.length > path.length && startsWith(at, path))
    .map(({ path: at }) => String(at[path.length]));
  return [...new Set(names)];
}

export function valueAt(entries: readonly Entry[], path: Path): string | undefined {
  return entries.find(({ path: at }) => at.length === path.length && startsWith(at, path))?.value;
}

/** The steps of a list, in order; of an item that has no id yet there is none. */
export function stepsOf(entries: readonly Entry[], list: Path): readonly (NamedStep & { readonly index: number })[] {
  return entries.flatMap(({ path, value }) => {
    if (path.length !== list.length + 2 || path.at(-1) !== 'id' || !startsWith(path, list) || value === undefined) return [];
    const item = path.slice(0, -1);
    const uses = valueAt(entries, [...item, 'uses']);
    const block = namesBelow(entries, item).find((name) => blocks.has(name));
    const about = valueAt(entries, [...item, 'description']) ?? uses ?? block ?? '';
    return [{ id: value, about, index: Number(item.at(-1)), ...(uses === undefined ? {} : { uses }) }];
  });
}

const blocks: ReadonlySet<string> = new Set([
  'foreach', 'loop', 'parallel', 'switch', 'approve', 'wait', 'workflow', 'plan', 'agent', 'best_of', 'map_reduce',
]);

/** Every list of steps that a place is in, from the outside in, each with which of its steps that is. */
export function listsAround(path: Path): readonly { readonly list: Path; readonly index: number }[] {
  return path.flatMap((part, at) => (typeof part === 'number' && isStepList(path.slice(0, at)) ? [{ list: path.slice(0, at), index: part }] : []));
}

/** The steps that have ended before what stands at a place is evaluated, as far as their order tells. */
export function stepsBefore(entries: readonly Entry[], path: Path): readonly NamedStep[] {
  const [root] = path;
  const lists = listsAround(path);
  const seen = lists.flatMap(({ list, index }) => stepsOf(entries, list).filter((step) => step.index < index));
  // What a block makes of its body is evaluated after the body.
  const [own] = lists.slice(-1);
  const inBlock = own === undefined ? [] : path.slice(own.list.length + 1);
  const isAfterBody = inBlock[0] === 'yield' || (inBlock[0] === 'loop' && (inBlock[1] === 'next' || inBlock[1] === 'until'));
  const body = own !== undefined && isAfterBody ? stepsOf(entries, [...own.list, own.index, 'steps']) : [];
  const all = root === 'outputs' || root === 'catch' || root === 'finally' ? stepsOf(entries, ['steps']) : [];
  return [...all, ...seen, ...body];
}

function isStepList(path: Path): boolean {
  const last = path.at(-1);
  return last === 'steps' || last === 'finally' || last === 'map' || last === 'reduce' || path.at(-2) === 'parallel';
}
