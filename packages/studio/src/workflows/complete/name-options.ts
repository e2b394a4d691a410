/** Names that stand as values: tools, checks, models, steps. */
import type { Entry, Path } from './outline.ts';
import { named } from './option.ts';
import type { Option, Vocabulary } from './option.ts';
import { listsAround, namesBelow, stepsOf } from './scope.ts';

const railPlaces: ReadonlySet<unknown> = new Set(['input', 'output', 'tool_arguments', 'tool_result', 'memory_write']);

/** What can be named at a path; none where a value is free. */
export function nameOptions(path: Path, entries: readonly Entry[], vocabulary: Vocabulary): readonly Option[] {
  const last = path.at(-1);
  const holder = path.at(-2);
  if (last === 'uses') return path[0] === 'evaluators' ? checkNames([], vocabulary) : toolNames(entries, vocabulary);
  if (isCheckItem(path) || last === 'check') return checkNames(entries, vocabulary);
  if (last === 'judge') return namesBelow(entries, ['evaluators']).map((name) => named(name, 'An evaluator of this workflow.'));
  if (last === 'model' || last === 'escalate' || holder === 'fallback') return modelNames(entries, vocabulary);
  if (holder === 'models' && path.length === 2) return modelNames([], vocabulary);
  if (typeof last !== 'number') return [];
  if (holder === 'tools') return toolNames(entries, vocabulary);
  if (holder !== 'needs') return [];
  const [own] = listsAround(path).slice(-1);
  return own === undefined
    ? []
    : stepsOf(entries, own.list).flatMap(({ id, about, index }) => (index === own.index ? [] : [named(id, about)]));
}

/** Whether an item at the path is a check: its name alone, or the name as a key with parameters. */
export function isCheckItem(path: Path): boolean {
  if (typeof path.at(-1) !== 'number') return false;
  const [outer, inner] = path.slice(-3, -1);
  return (outer === 'gate' && inner === 'checks') || (outer === 'rails' && railPlaces.has(inner));
}

export function checkNames(entries: readonly Entry[], { checks }: Vocabulary): readonly Option[] {
  return [
    ...namesBelow(entries, ['evaluators']).map((name) => named(name, 'An evaluator of this workflow.')),
    ...checks.map(({ name, description, needs }) => named(name, needs === 'model' ? `${description} Asks a model.` : description)),
  ];
}

function toolNames(entries: readonly Entry[], { tools }: Vocabulary): readonly Option[] {
  const connections = namesBelow(entries, ['tools']).flatMap((connection) => {
    const [kind] = namesBelow(entries, ['tools', connection]);
    return tools
      .filter(({ name }) => name.startsWith(`${kind}.`))
      .map(({ name, description }) => named(`${connection}${name.slice(String(kind).length)}`, description));
  });
  return [
    ...connections,
    ...tools.map(({ name, description, effect }) => named(name, effect === 'read' ? description : `${description} (${effect})`)),
  ];
}

function modelNames(entries: readonly Entry[], { models }: Vocabulary): readonly Option[] {
  return [
    ...namesBelow(entries, ['models']).map((name) => named(name, 'An alias of this workflow.')),
    ...models.map(({ ref, available, note }) => named(ref, note ?? (available ? 'Can be called.' : 'Cannot be called now.'))),
  ];
}
