/** The body of a block: which frames it has, and the list of steps in each. */
import { agentBody } from '../agent/agent-body.ts';
import type { MadeCall } from '../agent/agent-body.ts';
import { TelosError } from '../errors/telos-error.ts';
import type { Hash } from '../ids.ts';
import type { FrameKey, StepPath } from '../program/path.ts';
import type { AgentStep, LoopStep, PlanStep, Program, Step } from '../program/program.ts';
import type { Opening } from './events.ts';
import type { RunState } from './state.ts';

/** Whether a block's frames are rounds, one after the other, and each is followed by the question whether there is another. */
export function hasRounds(step: Step): step is LoopStep | AgentStep | PlanStep {
  return step.kind === 'loop' || step.kind === 'agent' || step.kind === 'plan';
}

/** What is known of the rounds of a block besides its opening. */
export type Rounds = {
  /** Begun so far. */
  readonly begun: number;
  /** Of an agent: what each round after the first begins with. */
  readonly calls: readonly (readonly MadeCall[])[];
  /** Of a plan: the program of each. */
  readonly plans: readonly Hash[];
};

export function roundsOf(state: RunState, path: StepPath): Rounds {
  const plans = state.plans.get(path)?.begun.map(({ program }) => program) ?? [];
  const begun = Math.max(plans.length, (state.rounds.get(path)?.length ?? 0) + 1);
  return { begun, calls: state.calls.get(path) ?? [], plans };
}

/** The frames of a block that was opened so, in order. `rounds`: those begun so far, where there are rounds. */
export function keysOf(opening: Opening, rounds = 1): FrameKey[] {
  if ('foreach' in opening) return Array.from({ length: opening.count }, (_, item) => ({ item }));
  if ('branches' in opening) return opening.branches.map((branch) => ({ branch }));
  if ('case' in opening) return [{ case: opening.case }];
  return Array.from({ length: rounds }, (_, before) => ({ round: before + 1 }));
}

/** The steps of one frame. */
export function bodyOf(
  step: Step,
  key: FrameKey,
  opening: Opening,
  programs: (hash: Hash) => Program | undefined,
  { calls, plans }: Pick<Rounds, 'calls' | 'plans'> = { calls: [], plans: [] },
): readonly Step[] {
  if (step.kind === 'agent' && 'round' in key) return agentBody(step, key.round, calls[key.round - 2] ?? []);
  if (step.kind === 'foreach' || step.kind === 'loop') return step.steps;
  if (step.kind === 'parallel' && 'branch' in key) return step.branches[key.branch] ?? [];
  if (step.kind === 'switch' && 'case' in key) return step.cases[key.case]?.steps ?? [];
  const later = 'round' in key ? plans[key.round - 1] : undefined;
  const hash = later ?? bodyProgramOf(opening);
  if (hash !== undefined) {
    const program = programs(hash);
    if (program === undefined)
      throw new TelosError('BUG', `The program of ${step.id} was not loaded.`, { details: { program: hash } });
    return program.steps;
  }
  throw new TelosError('BUG', `Step ${step.id} (${step.kind}) cannot be opened that way.`);
}

/** The program that is the body of a block opened so: a plan, or another workflow. */
export function bodyProgramOf(opening: Opening): Hash | undefined {
  if ('plan' in opening) return opening.plan;
  return 'workflow' in opening ? opening.workflow : undefined;
}
