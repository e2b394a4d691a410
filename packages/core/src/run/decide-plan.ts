/** Plans of a block that another one replaces, and what is said of their objectives. */
import { labellingOf } from '../labels.ts';
import { framePath, stepPath } from '../program/path.ts';
import type { Decision, StepCommand } from './command.ts';
import type { RunEvent } from './events.ts';
import { carriedIn } from './carried-labels.ts';
import { optional } from './optional.ts';
import { stepNotReady } from './refusals.ts';
import type { RunState, StepState } from './state.ts';

type Running = Extract<StepState, { status: 'running' }>;
type CommandOf<D extends StepCommand['do']> = Extract<StepCommand, { do: D }>;
export type PlanCommand = CommandOf<'proposePlan' | 'replacePlan' | 'scoreObjective'>;

export function decidePlan(state: RunState, step: Running, command: PlanCommand): Decision {
  const { at, path, attempt } = command;
  const of = { at, path, attempt, ...optional('usage', command.usage) };
  const begun = state.plans.get(path)?.begun ?? [];
  switch (command.do) {
    case 'proposePlan': {
      const { source, program, objectives, grant } = command;
      return [{ type: 'plan.proposed', ...of, source, program, objectives, grant, ...carriedIn(command, path) }];
    }
    case 'replacePlan': {
      if (begun.length === 0 || !state.blocks.has(path)) return stepNotReady(path, step);
      const { program, objectives, kept } = command;
      const round = begun.length + 1;
      const own = carriedIn(command, path);
      return [
        { type: 'plan.replaced', ...of, round, program, objectives, kept: [...kept], ...own },
        ...kept.flatMap((id) => keptEvents(state, command, round, id)),
      ];
    }
    case 'scoreObjective': {
      const { round, objective, result } = command;
      if (round !== begun.length || begun[round - 1]?.scores.has(objective) === true) return [];
      return [{ type: 'objective.scored', ...of, round, objective, result }];
    }
  }
}

/** The step as it ended in the round before, at no further cost. */
function keptEvents(state: RunState, { at, path }: PlanCommand, round: number, id: string): readonly RunEvent[] {
  const from = stepPath(framePath(path, { round: round - 1 }), id);
  const known = state.steps.get(from);
  const to = stepPath(framePath(path, { round }), id);
  if (known?.status === 'skipped') return [{ type: 'step.skipped', at, path: to, reason: 'when' }];
  if (known?.status !== 'succeeded') return [];
  const { output, gate } = known;
  return [
    { type: 'step.started', at, path: to, attempt: 1 },
    {
      type: 'step.succeeded',
      at,
      path: to,
      attempt: 1,
      output,
      ...carriedIn({ labelling: labellingOf(known, from) }, to),
      ...optional('gate', gate),
      kept: from,
    },
  ];
}
