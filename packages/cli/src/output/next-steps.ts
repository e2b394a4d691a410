import { explain } from '@telos/core';
import type { Instant, RunState } from '@telos/core';

/** What has to happen outside for a run to go on, and the command that makes it happen. */
export type NextStep = { readonly sentence: string; readonly path?: string; readonly commands: readonly string[] };

/**
 * What a run waits for that no clock brings: people, signals, somebody who lets it go on. Empty when it goes on by
 * itself, and when something of it is under way.
 */
export function nextSteps(state: RunState, now: Instant): readonly NextStep[] {
  if (state.phase.status !== 'waiting' && state.phase.status !== 'paused') return [];
  return explain(state, now).flatMap(({ path, sentence }): NextStep[] => {
    const commands = commandsFor(state, path);
    return commands.length === 0 ? [] : [{ sentence, ...(path === undefined ? {} : { path }), commands }];
  });
}

function commandsFor(state: RunState, path: string | undefined): readonly string[] {
  const { id, phase } = state;
  if (path === undefined) {
    if (phase.status !== 'paused') return [];
    return [`telos resume ${id}${phase.reason === 'budget' ? ' --budget usd=2' : ''}`];
  }
  const step = state.steps.get(path);
  if (step?.status === 'waiting' && step.wait.kind === 'signal') return [`telos signal ${id} ${step.wait.name} '{}'`];
  if (step?.status === 'waiting' && step.wait.kind === 'approval') {
    const [first] = step.wait.who;
    const as = first === undefined ? '' : ` --as ${first}`;
    return [
      `telos approvals approve ${id}~${step.id}${as}`,
      `telos approvals reject ${id}~${step.id}${as} --note "why"`,
    ];
  }
  if (step?.status === 'in_doubt' || step?.status === 'quarantined') return [`telos approvals --run ${id}`];
  return [];
}

/** For a person, in the order in which the waits began. */
export function nextStepLines(steps: readonly NextStep[]): readonly string[] {
  return steps.flatMap(({ sentence, commands }) => [sentence, ...commands.map((command) => `  ${command}`)]);
}
