/** What judges of a step are shown on another worker, and where it may be sent from there. */
import { checksOfGate, joinAll, marked, unlabelled, wholeOf } from '@telos/core';
import type { ActionStep, AnyTool, Json, Labelling, StepPath } from '@telos/core';
import type { Linked } from '@telos/language';
import { broughtBy } from '../attempt/attempt.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfOutput } from '../labels/labelling.ts';
import { labellingOfShown, mayHavePrivateOf } from '../labels/private-judging.ts';
import type { MayHave } from '../labels/private-judging.ts';
import type { Prepared } from '../attempt/preparing.ts';
import type { WorkerDeps } from '../ports.ts';
import { createRailing } from '../rails/railing.ts';
import type { Railing, RailingSpec } from '../rails/railing.ts';
import { afterCall } from '../rails/rails-of.ts';
import type { Task } from './task.ts';

/** Whether anything private stands beside the input and the output of a step in what its judges are shown. Its owner knows. */
export function judgesPrivate(desk: Desk, { at, rails = {} }: Prepared): boolean {
  const uses = [...checksOfGate(at.step.gate), ...afterCall.flatMap((place) => rails[place] ?? [])];
  return labellingOfShown(desk, { frame: at.frame, reads: at.step.reads, values: [], uses }).private !== undefined;
}

export type JudgedElsewhere = {
  readonly deps: Pick<WorkerDeps, 'checks' | 'clock' | 'privateHosts'>;
  readonly task: Task;
  readonly path: StepPath;
  readonly step: ActionStep;
  readonly tool: AnyTool;
  readonly input: Json;
  /** Of the input. */
  readonly labelling: Labelling | undefined;
  readonly linked: Linked;
};

/** Where those who judge what a call gave may send it, as the worker that made the call knows. */
export function mayHaveElsewhere(judged: JudgedElsewhere): (output: Json) => MayHave {
  const { deps, task, path, step, tool, input, labelling = unlabelled, linked } = judged;
  const { returns, echoes } = tool;
  const beside = marked(task.judgesPrivate === true ? ['private'] : [], path);
  return (output) => {
    const brought = broughtBy(tool, input, output);
    const carried = labellingOfOutput({ step, path, input: labelling, returns, brought, echoes });
    const shown = joinAll([labelling, carried, beside].map(wholeOf));
    return mayHavePrivateOf(deps, [linked.program.permissions], shown);
  };
}

/** The rails behind a call that another worker makes: nothing of it is known yet. Undefined where there are none. */
export function railingElsewhere(
  judged: JudgedElsewhere & Pick<RailingSpec, 'rails' | 'hooks' | 'vault' | 'turn'>,
): Railing | undefined {
  const { deps, task, rails } = judged;
  if (rails === undefined) return undefined;
  const mayHave = mayHaveElsewhere(judged);
  return createRailing({
    ...judged,
    known: {},
    sources: () => task.sources,
    scope: task.scope,
    checks: deps.checks,
    clock: deps.clock,
    mayHave: (_rails, output) => mayHave(output),
  });
}
