/**
 * A filter of runs as walks.
 *
 * Every filter is answered by walks: each goes along one index from the newest
 * run to the oldest and keeps what fits the rest of the filter, so a page costs
 * what it shows and not what is stored. Two statuses are two walks; a text is a
 * walk for every workflow and every tag whose name holds it, and one for ids.
 *
 * What a walk is in SQL is the driver's to say.
 */
import type { Instant } from '../ids.ts';
import type { RunPredicate } from '../ports/run-predicate.ts';
import type { RunFilter } from '../ports/store.ts';
import { defaultNamespace } from '../run/evolve.ts';
import { runStatuses } from '../run/summary.ts';
import type { RunStatus } from '../run/summary.ts';

/** What a run must satisfy to be kept. */
export type RunCondition =
  | { readonly field: 'status'; readonly among: readonly RunStatus[] }
  | { readonly field: 'workflow' | 'tag' | 'namespace' | 'forkOf'; readonly is: string }
  | { readonly field: 'since' | 'until'; readonly at: Instant }
  | { readonly field: 'minUsd'; readonly usd: number }
  | { readonly field: 'id'; readonly holds: string }
  | { readonly field: 'name'; readonly workflows: readonly string[]; readonly tags: readonly string[] }
  | { readonly field: 'where'; readonly fits: RunPredicate };

export type RunWalk = {
  readonly along:
    | { readonly index: 'age' }
    /** Runs that cost something. */
    | { readonly index: 'cost' }
    /** Runs that cost at least this: few enough to be put in order. */
    | { readonly index: 'price'; readonly from: number }
    | { readonly index: 'status'; readonly status: RunStatus }
    | { readonly index: 'workflow'; readonly workflow: string; readonly status: RunStatus }
    /** Never the default one, which most runs are of where there are no others. */
    | { readonly index: 'namespace'; readonly namespace: string; readonly status: RunStatus }
    | { readonly index: 'tag'; readonly tag: string }
    /** Forks of this run. */
    | { readonly index: 'forks'; readonly of: string }
    /** Ids that begin with this. */
    | { readonly index: 'id'; readonly begins: string };
  readonly keep: readonly RunCondition[];
};

export type RunWalks = {
  readonly walks: readonly RunWalk[];
  /** Whether no run is met on two of them. */
  readonly disjoint: boolean;
};

/** What a driver looks up before it asks for walks; see `asksForNames`, `asksAboutTag` and `asksAboutCost`. */
export type KnownNames = {
  readonly workflows?: readonly string[];
  readonly tags?: readonly string[];
  /** Whether so many runs have the filter's tag that walking it could take long. */
  readonly isTagCommon?: boolean;
  /** Whether so few runs have cost the filter's least that looking at each takes no time. */
  readonly isCostRare?: boolean;
};

/** From how many runs on a tag is common. */
export const commonTagRuns = 1000;

/** Up to how many runs of a cost and above it is rare. */
export const rareCostRuns = 5000;

/** More walks than this are slower than looking at every run (and SQLite ends at 500). */
const maxWalks = 400;

/** Whether the walks depend on the names of all workflows and tags. */
export function asksForNames(filter: RunFilter): boolean {
  return textOf(filter) !== undefined;
}

/** The tag of which the walks depend on whether it is common. */
export function asksAboutTag(filter: RunFilter): string | undefined {
  const { workflow, status, tag } = filter;
  if (asksForNames(filter)) return undefined;
  return workflow === undefined && status === undefined && ownNamespaceOf(filter) === undefined ? undefined : tag;
}

/** The cost of which the walks depend on whether it is rare: along any other index, none might be found before all have been met. */
export function asksAboutCost({ minUsd = 0, forkOf, ...filter }: RunFilter): number | undefined {
  return minUsd > 0 && forkOf === undefined && !asksForNames(filter) ? minUsd : undefined;
}

/** None when the filter fits no run. */
export function walksOf(filter: RunFilter, known: KnownNames): RunWalks {
  if (filter.status?.length === 0) return { walks: [], disjoint: true };
  const text = textOf(filter);
  return text === undefined
    ? { walks: walksWithoutText(filter, known), disjoint: true }
    : walksByText(filter, text, known);
}

function walksWithoutText(
  filter: RunFilter,
  { isTagCommon = false, isCostRare = false }: KnownNames,
): readonly RunWalk[] {
  if (filter.forkOf !== undefined)
    return [{ along: { index: 'forks', of: filter.forkOf }, keep: keepsOf(filter, 'forkOf') }];
  if (isCostRare) return [{ along: { index: 'price', from: filter.minUsd ?? 0 }, keep: keepsOf(filter, 'minUsd') }];
  if (filter.tag !== undefined && !isTagCommon) return [walkByTag(filter, filter.tag)];
  if (filter.workflow !== undefined) return walksByWorkflow(filter, filter.workflow);
  const namespace = ownNamespaceOf(filter);
  if (namespace !== undefined) return walksByNamespace(filter, namespace);
  if ((filter.minUsd ?? 0) > 0) return [{ along: { index: 'cost' }, keep: keepsOf(filter) }];
  if (filter.status !== undefined) {
    const keep = keepsOf(filter, 'status');
    return distinct(filter.status).map((status) => ({ along: { index: 'status', status }, keep }));
  }
  return [{ along: { index: 'age' }, keep: keepsOf(filter) }];
}

function walksByWorkflow(filter: RunFilter, workflow: string): readonly RunWalk[] {
  const keep = keepsOf(filter, 'status', 'workflow');
  return distinct(filter.status ?? runStatuses).map((status) => ({
    along: { index: 'workflow', workflow, status },
    keep,
  }));
}

function walksByNamespace(filter: RunFilter, namespace: string): readonly RunWalk[] {
  const keep = keepsOf(filter, 'status', 'namespace');
  return distinct(filter.status ?? runStatuses).map((status) => ({
    along: { index: 'namespace', namespace, status },
    keep,
  }));
}

function ownNamespaceOf({ namespace }: RunFilter): string | undefined {
  return namespace === defaultNamespace ? undefined : namespace;
}

function walkByTag(filter: RunFilter, tag: string): RunWalk {
  // A filter's own tag is still to be kept when the walk is along another.
  const keep = filter.tag === tag ? keepsOf(filter, 'tag') : keepsOf(filter);
  return { along: { index: 'tag', tag }, keep };
}

function walksByText(filter: RunFilter, text: string, known: KnownNames): RunWalks {
  const holds = (name: string) => name.toLowerCase().includes(text);
  const workflows = (known.workflows ?? []).filter(holds);
  const tags = (known.tags ?? []).filter(holds);
  const byId = walksById(filter, text);
  if (workflows.length * runStatuses.length + tags.length < maxWalks) {
    const ofWorkflows =
      filter.workflow === undefined ? workflows : workflows.filter((name) => name === filter.workflow);
    const byWorkflow = ofWorkflows.flatMap((workflow) => walksByWorkflow(filter, workflow));
    const others = [...tags.map((tag) => walkByTag(filter, tag)), ...byId];
    // A run has one workflow and one status.
    return { walks: [...byWorkflow, ...others], disjoint: others.length === 0 };
  }
  const byName: RunWalk = {
    along: { index: 'age' },
    keep: [{ field: 'name', workflows, tags }, ...keepsOf(filter)],
  };
  return { walks: [byName, ...byId], disjoint: byId.length === 0 };
}

/** Ids are UUIDs in lower case: most words cannot stand in one, and one that holds the first group begins it. */
function walksById(filter: RunFilter, text: string): readonly RunWalk[] {
  if (!/^[0-9a-f-]{1,36}$/.test(text)) return [];
  const keep = keepsOf(filter);
  if (/^[0-9a-f]{8}-/.test(text)) return [{ along: { index: 'id', begins: text }, keep }];
  return [{ along: { index: 'age' }, keep: [{ field: 'id', holds: text }, ...keep] }];
}

/** What a run must satisfy, less the fields that the walk itself has answered. */
function keepsOf(filter: RunFilter, ...answered: readonly (keyof RunFilter)[]): readonly RunCondition[] {
  const { status, workflow, tag, namespace, forkOf, since, until, minUsd = 0, where } = filter;
  const keeps: RunCondition[] = [];
  if (status !== undefined && !answered.includes('status')) keeps.push({ field: 'status', among: status });
  if (workflow !== undefined && !answered.includes('workflow')) keeps.push({ field: 'workflow', is: workflow });
  if (tag !== undefined && !answered.includes('tag')) keeps.push({ field: 'tag', is: tag });
  if (namespace !== undefined && !answered.includes('namespace')) keeps.push({ field: 'namespace', is: namespace });
  if (forkOf !== undefined && !answered.includes('forkOf')) keeps.push({ field: 'forkOf', is: forkOf });
  if (since !== undefined) keeps.push({ field: 'since', at: since });
  if (until !== undefined) keeps.push({ field: 'until', at: until });
  if (minUsd > 0 && !answered.includes('minUsd')) keeps.push({ field: 'minUsd', usd: minUsd });
  if (where !== undefined) keeps.push({ field: 'where', fits: where });
  return keeps;
}

function textOf(filter: RunFilter): string | undefined {
  return filter.text === undefined || filter.text === '' ? undefined : filter.text.toLowerCase();
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
