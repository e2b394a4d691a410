/**
 * Forks: a new run that begins where another one was.
 *
 * The events of the steps that are not done again are copied, so that the fork
 * folds to a state in which those steps have ended and everything else is still
 * to come. Nothing else of a run knows of forks: whoever takes it up finds a run
 * that was interrupted.
 * Which steps those are is in fork-fates.ts.
 *
 * What was kept has cost the first run money and time, and costs the fork
 * neither. A step that was undone by compensation is done again: what it did is gone.
 */
import type { Hash, Instant } from '../ids.ts';
import type { Payload } from '../payload.ts';
import type { StepPath } from '../program/path.ts';
import type { Program } from '../program/program.ts';
import type { RunEvent } from './events.ts';
import { begin, evolve } from './evolve.ts';
import { copiedEvents } from './fork-events.ts';
import { fatesOf } from './fork-fates.ts';

export type ForkRequest = {
  /** When the fork begins; its copied events happened, for the fork, then. */
  readonly at: Instant;
  /** Paths of steps to be done again, with all that comes after them. Empty: those that did not succeed. */
  readonly from: readonly StepPath[];
  /** What stands in place of a kept step's output; what comes after that step is done again. */
  readonly outputs?: ReadonlyMap<StepPath, Payload>;
  /** What stands in place of the rendered input of a step that is done again. */
  readonly given?: ReadonlyMap<StepPath, Payload>;
};

export type ForkPlan = {
  /** Paths of the steps that are done again and begin it: what comes after them follows from that. */
  readonly from: readonly StepPath[];
  /** For `created.fork.inputs`. */
  readonly inputs: { readonly [path: StepPath]: Payload };
  /** For `NewRun.more`. */
  readonly more: readonly RunEvent[];
};

export type ForkRefusal = { readonly refused: 'FORK_INVALID'; readonly message: string };

/**
 * The events of a fork of a run, and the inputs that it was given.
 *
 * @param programs Gives the program of a plan or another workflow that the run has opened.
 * @param events The run's whole journal, `run.created` first.
 */
export function forkOf(
  program: Program,
  programs: (hash: Hash) => Program | undefined,
  events: readonly RunEvent[],
  request: ForkRequest,
): ForkPlan | ForkRefusal {
  const [first, ...rest] = events;
  if (first?.type !== 'run.created') return refused('The journal of the run has no beginning.');
  const state = rest.reduce(evolve, begin('', first));
  const outputs = request.outputs ?? new Map<StepPath, Payload>();
  const given = request.given ?? new Map<StepPath, Payload>();
  const { fates, rounds, from } = fatesOf(program, programs, state, { from: request.from, edited: outputs });

  for (const path of [...request.from, ...outputs.keys(), ...given.keys()])
    if (!fates.has(path)) return refused(`The run has no step ${path}. It has ${someOf(fates.keys())}.`);
  for (const path of outputs.keys()) {
    if (fates.get(path) === 'kept' && state.steps.get(path)?.status === 'succeeded') continue;
    return refused(`The output of ${path} cannot be set: the fork does that step again, or it gave none.`);
  }
  for (const path of given.keys())
    if (fates.get(path) !== 'dropped') return refused(`The input of ${path} cannot be set: the fork keeps that step.`);
  if (from.length === 0 && outputs.size === 0 && state.phase.status === 'succeeded')
    return refused('Every step of the run succeeded: there is nothing to do again. Name the steps to begin from.');

  const more = copiedEvents(rest, { fates, rounds, outputs, at: request.at });
  const inherited = Object.entries(first.fork?.inputs ?? {}).filter(([path]) => fates.get(path) !== 'kept');
  return {
    from,
    inputs: Object.fromEntries([...inherited, ...given]),
    more: more.length === 0 ? [] : [{ type: 'run.started', at: request.at }, ...more],
  };
}

export function isForkRefusal(plan: ForkPlan | ForkRefusal): plan is ForkRefusal {
  return 'refused' in plan;
}

function refused(message: string): ForkRefusal {
  return { refused: 'FORK_INVALID', message };
}

function someOf(paths: Iterable<StepPath>): string {
  const all = [...paths];
  const most = 12;
  return all.length <= most ? all.join(', ') : `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
}
