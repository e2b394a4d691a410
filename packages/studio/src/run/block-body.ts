/** The body of a block: which instances of it there are, and how each fares. */
import type { RowStatus, StepNode } from './run-model.ts';

export type Branch =
  | { readonly kind: 'step'; readonly step: StepNode; readonly prefix?: string }
  | {
      readonly kind: 'frame';
      readonly frame: string;
      readonly key: string;
      readonly block: string;
      readonly steps: readonly StepNode[];
    };

/** The body of a block, by instance, in the order of the instances. */
export function branchesOf(block: StepNode, steps: readonly StepNode[]): readonly Branch[] {
  const frames = new Map<string, StepNode[]>();
  for (const step of steps) {
    const frame = step.frame ?? '';
    const list = frames.get(frame);
    if (list === undefined) frames.set(frame, [step]);
    else list.push(step);
  }
  const only = frames.size === 1 && block.kind !== 'parallel' && block.kind !== 'foreach';
  const single = [...frames.values()].every((list) => list.length === 1);
  const keyed = [...frames].map(([frame, list]) => ({ frame, list, key: frame.slice(block.path.length) }));
  keyed.sort((left, right) => numberIn(left.key) - numberIn(right.key));
  return keyed.flatMap(({ frame, list, key }): Branch[] => {
    if (only) return list.map((step) => ({ kind: 'step', step }));
    if (single && !key.startsWith('.')) return list.map((step) => ({ kind: 'step', step, prefix: key }));
    return [{ kind: 'frame', frame, key, block: block.path, steps: list }];
  });
}

/** Of `[12]` and `#12`; 0 for a branch, which keeps its place. */
function numberIn(key: string): number {
  return Number(/\d+/.exec(key.startsWith('.') ? '' : key)?.[0] ?? 0);
}

const weight: readonly RowStatus[] = [
  'failed',
  'quarantined',
  'in_doubt',
  'running',
  'waiting',
  'pending',
  'cancelled',
  'succeeded',
  'skipped',
];

/** What a reader most needs to know of several steps. */
export function statusOfAll(steps: readonly StepNode[]): RowStatus {
  const present = new Set<RowStatus>(steps.map(({ status }) => status));
  return weight.find((status) => present.has(status)) ?? 'pending';
}

export function spanOfAll(steps: readonly StepNode[]): { startedAt?: number; endedAt?: number } {
  let startedAt = Infinity;
  let endedAt = -Infinity;
  for (const step of steps) {
    if (step.startedAt !== undefined) startedAt = Math.min(startedAt, step.startedAt);
    endedAt = Math.max(endedAt, step.endedAt ?? (step.status === 'pending' ? -Infinity : Infinity));
  }
  return {
    ...(Number.isFinite(startedAt) ? { startedAt } : {}),
    ...(Number.isFinite(endedAt) ? { endedAt } : {}),
  };
}
