/** Builders for programs in tests: only what a test is about needs to be said. */
import type { Hash } from '../ids.ts';
import type {
  ActionStep,
  ForeachStep,
  GateSpec,
  ParallelStep,
  PlanStep,
  Program,
  Remedy,
  RetrySpec,
  Step,
  SwitchStep,
} from '../program/program.ts';

type Common = { readonly after?: readonly string[]; readonly onError?: 'fail' | 'continue' };

function base(id: string, { after = [], onError = 'fail' }: Common = {}) {
  return { id, after, reads: [], onError };
}

export function action(
  id: string,
  options: Common & { readonly retry?: RetrySpec; readonly gate?: GateSpec } = {},
): ActionStep {
  const { retry, gate } = options;
  return {
    kind: 'action',
    uses: 'transform',
    with: {},
    ...base(id, options),
    ...(retry === undefined ? {} : { retry }),
    ...(gate === undefined ? {} : { gate }),
  };
}

export function foreach(
  id: string,
  steps: readonly Step[],
  options: Common & Partial<Pick<ForeachStep, 'maxParallel' | 'onItemError'>> = {},
): ForeachStep {
  const { maxParallel = 1, onItemError = 'fail' } = options;
  return {
    kind: 'foreach',
    items: [],
    as: 'item',
    maxParallel,
    onItemError,
    yieldReads: [],
    steps,
    ...base(id, options),
  };
}

export function parallel(id: string, branches: ParallelStep['branches'], options: Common = {}): ParallelStep {
  return { kind: 'parallel', branches, ...base(id, options) };
}

export function switchOf(id: string, cases: readonly (readonly Step[])[], options: Common = {}): SwitchStep {
  return { kind: 'switch', cases: cases.map((steps) => ({ steps })), ...base(id, options) };
}

/** A plan block; its accepted plan is stored under `hash`. */
export function plan(id: string, hash: string, options: Common = {}): PlanStep {
  return { kind: 'plan', with: { hash }, ...base(id, options) };
}

/** The hash that a plan block made by `plan` stands for. */
export function planOf(step: PlanStep): Hash {
  const { hash } = step.with;
  if (typeof hash !== 'string') throw new Error(`The plan block ${step.id} names no plan.`);
  return hash;
}

/** Steps in sequence: each after the one before, whatever its own `after` says. */
export function inSequence(...steps: readonly Step[]): readonly Step[] {
  return steps.map((step, index) => {
    const before = steps[index - 1];
    return before === undefined ? step : { ...step, after: [before.id] };
  });
}

export function programOf(...steps: readonly Step[]): Program {
  return {
    telos: 1,
    id: 'example',
    inputs: {},
    vars: {},
    tools: {},
    permissions: { allow: [], ask: [], deny: [] },
    evaluators: {},
    steps,
    outputs: {},
    outputReads: [],
    requires: { tools: [], checks: [], models: [], secrets: [] },
  };
}

/** `max` attempts, a second apart. */
export function retryOf(max: number, rest: Partial<RetrySpec> = {}): RetrySpec {
  return { max, backoff: 'constant', delayMs: 1000, maxDelayMs: 60_000, jitter: false, ...rest };
}

export function gateOf(...onFail: readonly Remedy[]): GateSpec {
  return { checks: [], onFail };
}
