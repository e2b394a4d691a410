/** Opening a workflow that runs as a step: its inputs are checked, and judged by its own rails. */
import { errorRecordOf, isJsonObject, marked, TelosError, unlabelled } from '@telos/core';
import type { At, ErrorRecord, Json, JsonObject, Labelling, StepPath, Usage } from '@telos/core';
import type { Linked } from '@telos/language';
import type { Desk } from '../desk/desk.ts';
import type { BlockRails, RailsAt } from '../beside/block-rails.ts';
import { labellingOfOpening } from '../labels/labelling.ts';

export type WorkflowOpening = {
  readonly at: At;
  readonly attempt: number;
  readonly program: Promise<{ readonly hash: string; readonly linked: Linked }>;
  readonly given: JsonObject;
  /** Of the step, on what it hands over; those of the workflow's own file follow. */
  readonly own: RailsAt;
  readonly onFail: (error: ErrorRecord, usage?: Usage) => void;
};

type Fitting = { readonly hash: string; readonly linked: Linked; readonly inputs: Json };

/** Held under the block's path while its program is read. @param judge Judges what it is given. */
export function openWorkflow(desk: Desk, judge: (rails: BlockRails) => void, opening: WorkflowOpening): void {
  const { at, given, onFail } = opening;
  const { path } = at;
  const read = async (): Promise<Fitting> => {
    const { hash, linked } = await opening.program;
    return { hash, linked, inputs: linked.inputs(given) };
  };
  const fitting = read().catch((error: unknown) => ({ error: errorRecordOf(error, 'BUG') }));
  desk.whenCome(
    fitting,
    (come) => {
      if ('error' in come) onFail(come.error);
      else letIn(desk, judge, opening, come);
    },
    { path },
  );
}

function letIn(
  desk: Desk,
  judge: (rails: BlockRails) => void,
  { at, attempt, own, onFail }: WorkflowOpening,
  { hash, linked, inputs }: Fitting,
): void {
  const { path, frame, step } = at;
  judge({
    at,
    attempt,
    place: 'input',
    from: [
      own,
      {
        rails: linked.program.rails?.input ?? [],
        render: (template) => linked.render(template, { inputs }),
        inner: { permissions: linked.program.permissions, labelling: declaredPrivate(linked, path) },
      },
    ],
    value: inputs,
    input: null,
    sources: {},
    labelling: () => labellingOfOpening(desk.state, desk.contexts.of(frame), frame, step),
    onApprove: 'go_on',
    onPass(value) {
      let passed: Json;
      try {
        passed = value === inputs ? inputs : fitting(linked, value);
      } catch (error) {
        onFail(errorRecordOf(error, 'BUG'));
        return;
      }
      desk.store(passed, (payload) => {
        desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { workflow: hash, inputs: payload } });
      });
    },
    onBlock: onFail,
  });
}

/** Those who judge its inputs are shown all of them. */
function declaredPrivate({ program }: Linked, path: StepPath): Labelling {
  const isPrivate = Object.values(program.inputs).some((input) => input.private === true);
  return isPrivate ? marked(['private'], `${path}/inputs`) : unlabelled;
}

/** What a rail or a person put in place of inputs has to fit where they do. @throws TelosError INPUT_INVALID, RAIL_FAILED. */
function fitting(linked: Linked, value: Json): JsonObject {
  if (isJsonObject(value)) return linked.inputs(value);
  throw new TelosError('RAIL_FAILED', 'What stands in place of the inputs holds no inputs.', { kind: 'terminal' });
}
