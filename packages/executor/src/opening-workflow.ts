/** Opening a workflow that runs as a step: its inputs are checked, and judged by its own rails. */
import { errorRecordOf } from '@telos/core';
import type { At, ErrorRecord, Json, StepPath, Usage } from '@telos/core';
import type { Linked } from '@telos/language';
import type { ActiveStep } from './active-step.ts';
import type { Desk } from './desk.ts';
import { judgeBlock } from './rails/block-rails.ts';
import { labellingOfOpening } from './labelling.ts';

export type WorkflowOpening = {
  readonly at: At;
  readonly attempt: number;
  readonly program: Promise<{ readonly hash: string; readonly linked: Linked }>;
  readonly given: { readonly [name: string]: Json };
  readonly onFail: (error: ErrorRecord, usage?: Usage) => void;
};

type Fitting = { readonly hash: string; readonly linked: Linked; readonly inputs: Json };

/** Held under the block's path while its program is read; judging is kept in `active`. */
export function openWorkflow(desk: Desk, active: Map<StepPath, ActiveStep>, opening: WorkflowOpening): void {
  const { at, given, onFail } = opening;
  const { path } = at;
  const fitting = async (): Promise<Fitting> => {
    const { hash, linked } = await opening.program;
    return { hash, linked, inputs: linked.inputs(given) };
  };
  let dropped = false;
  desk.hold(path, () => (dropped = true));
  const settle = (then: () => void): void => {
    if (dropped) return;
    desk.release(path);
    then();
  };
  fitting()
    .then(
      (made) => settle(() => letIn(desk, active, opening, made)),
      (error: unknown) => settle(() => onFail(errorRecordOf(error, 'BUG'))),
    )
    .catch(desk.fail);
}

function letIn(
  desk: Desk,
  active: Map<StepPath, ActiveStep>,
  { at, attempt, onFail }: WorkflowOpening,
  { hash, linked, inputs }: Fitting,
): void {
  const { path, frame, step } = at;
  judgeBlock(desk, active, {
    at,
    attempt,
    place: 'input',
    from: [{ rails: linked.program.rails?.input ?? [], render: (template) => linked.render(template, { inputs }) }],
    value: inputs,
    input: null,
    sources: {},
    labelling: () => labellingOfOpening(desk.state, desk.contexts.of(frame), frame, step),
    onApprove: 'go_on',
    onPass: (value) =>
      desk.store(value, (payload) => {
        desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { workflow: hash, inputs: payload } });
      }),
    onBlock: onFail,
  });
}
