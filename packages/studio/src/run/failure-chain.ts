import type { ErrorView } from '@telos/contract';
import type { RunModel, StepNode } from './run-model.ts';

/** One failure in the chain that ended a run. */
export type Failure = { readonly path?: string; readonly error: ErrorView; readonly attempts: number };

export type FailureChain = {
  /** The first cause first; what it brought down follows, the run last. At least one. */
  readonly chain: readonly [Failure, ...Failure[]];
  /** Steps that failed besides: collected or skipped items, and steps that had no part in the end. */
  readonly others: number;
};

/** Why a run failed: from the step where it began. Undefined for a run that has no error. */
export function failureChain(model: RunModel): FailureChain | undefined {
  if (model.error === undefined) return undefined;
  const failed = [...model.steps.values()].filter(
    (step): step is StepNode & { error: ErrorView } => step.error !== undefined && step.status === 'failed',
  );
  const inOrder = failed.toSorted((left, right) => (left.endedAt ?? Infinity) - (right.endedAt ?? Infinity));
  const runPath = model.error.path;
  let step =
    (runPath === undefined ? undefined : failed.find(({ path }) => path === runPath)) ??
    inOrder.find(({ parent }) => parent === undefined);

  const chain: Failure[] = [{ error: model.error, attempts: 0 }];
  let length = 0;
  while (step !== undefined) {
    const { path, error, attempt } = step;
    length += 1;
    const [above] = chain;
    // A block repeats the failure of the step in it, and the run that of its step: said once, where it began.
    if (above !== undefined && above.error.code === error.code && above.error.message === error.message) chain.shift();
    chain.unshift({ path, error, attempts: attempt });
    step = inOrder.find(({ parent }) => parent === path);
  }
  const [first = { error: model.error, attempts: 0 }, ...rest] = chain;
  const blocks = new Set(failed.flatMap(({ parent }) => (parent === undefined ? [] : [parent])));
  const others = failed.filter(({ path }) => !blocks.has(path)).length - (length === 0 ? 0 : 1);
  return { chain: [first, ...rest], others: Math.max(0, others) };
}

/** The mean of the scores of the gates that steps ended with; undefined while there is none. */
export function scoreOf(model: RunModel): number | undefined {
  let sum = 0;
  let count = 0;
  for (const { gate, status } of model.steps.values()) {
    if (gate === undefined || (status !== 'succeeded' && status !== 'failed')) continue;
    sum += gate.score;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}
