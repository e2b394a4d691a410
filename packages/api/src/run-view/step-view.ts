import { noUsage, writtenKind } from '@telos/core';
import type { GateResult, Opening, Step } from '@telos/core';
import type { BlockView, GateView, StepView } from '@telos/contract';
import type { FoldedStep } from './folded-run.ts';
import { cachedView, waitView } from './event-view.ts';
import { planViews } from './plan-view.ts';
import { unmeasured } from './measured.ts';
import type { Measured } from './measured.ts';
import type { KnownPrograms } from './step-definitions.ts';
import { timestamp } from './timestamp.ts';

/** A step of a run as run detail lists it. */
export function stepView(
  step: FoldedStep,
  definition: Step | undefined,
  programs: KnownPrograms,
  measured: Measured = unmeasured,
): StepView {
  const last = step.attempts.at(-1);
  return {
    ...identity(step, definition),
    status: step.status,
    attempt: last?.attempt ?? 0,
    ...(step.status === 'skipped' ? {} : { started_at: timestamp(step.startedAt) }),
    ...(step.endedAt === undefined ? {} : { ended_at: timestamp(step.endedAt) }),
    ...(step.status === 'waiting' && last?.retryAt !== undefined ? { retry_at: timestamp(last.retryAt) } : {}),
    usage: step.usage,
    ...(step.gate === undefined ? {} : { gate: gateView(step.gate, measured) }),
    ...(step.cached === undefined ? {} : { cached: cachedView(step.cached) }),
    ...(step.error === undefined ? {} : { error: step.error }),
    labels: [...step.labels],
    ...(step.labelling === undefined ? {} : { labelling: step.labelling }),
    ...(step.inputLabelling === undefined ? {} : { input_labelling: step.inputLabelling }),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.opening === undefined ? {} : { block: blockView(step.opening, step) }),
    ...(step.plans === undefined ? {} : { plans: planViews(step.plans, programs, measured) }),
    ...(step.wait === undefined ? {} : { wait: { id: step.wait.id, for: waitView(step.wait.for) } }),
  };
}

export function gateView(gate: GateResult, measured: Measured): GateView {
  return { ...gate, verdicts: measured('gate', gate.verdicts) };
}

/** A step of the workflow's own list that has not been reached. */
export function pendingStepView(definition: Step): StepView {
  return {
    path: definition.id,
    id: definition.id,
    ...shape(definition),
    status: 'pending',
    attempt: 0,
    usage: noUsage,
    labels: [],
  };
}

function identity(step: FoldedStep, definition: Step | undefined) {
  const { path, id, frame, parent } = step.place;
  return {
    path,
    id,
    ...(parent === undefined ? {} : { parent }),
    ...(frame === undefined ? {} : { frame }),
    ...(definition === undefined ? {} : shape(definition)),
  };
}

function shape(definition: Step): Pick<StepView, 'kind' | 'uses'> {
  const uses = usedBy(definition);
  return { kind: writtenKind(definition), ...(uses === undefined ? {} : { uses }) };
}

/** The tool of an action, or what an agent has called that is no tool, by the name that it knows. */
export function usedBy(definition: Step): string | undefined {
  if (definition.kind === 'action') return definition.uses;
  return definition.kind === 'workflow' || definition.kind === 'agent' ? definition.calledAs : undefined;
}

function blockView(opening: Opening, { rounds = 1, plans = [] }: Pick<FoldedStep, 'rounds' | 'plans'>): BlockView {
  if ('foreach' in opening) return { count: opening.count };
  if ('loop' in opening) return { rounds };
  if ('workflow' in opening) return { workflow: opening.workflow };
  if ('plan' in opening) return { plan: plans.at(-1)?.program ?? opening.plan, ...(rounds > 1 ? { rounds } : {}) };
  return opening;
}
