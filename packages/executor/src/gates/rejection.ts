import { boundedText, errorRecordOf, joinLabellings, TelosError, unlabelled } from '@telos/core';
import type { Did, Frame, GateResult, Json, Labelling, Payload, Step, StepPath, Usage } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Desk } from '../desk/desk.ts';
import { labellingOfTemplate } from '../labels/labelling.ts';
import { labellingOfReasons } from './reasons.ts';

export type Rejected = {
  readonly path: StepPath;
  readonly step: Step;
  readonly frame: Frame;
  readonly attempt: number;
  readonly output: Payload;
  readonly gate: GateResult;
  readonly scope: Scope;
  /** Of the output. */
  readonly labelling?: Labelling | undefined;
  /** Absent for a block: its body has done what it did. */
  readonly did?: Did | undefined;
  readonly usage?: Usage | undefined;
};

/** Records that an output did not pass its gate. The ladder's fallback is rendered in case it is its turn. */
export function rejectOutput(desk: Desk, { step, scope, frame, labelling = unlabelled, ...rejected }: Rejected): void {
  const { path, gate } = rejected;
  const reasons = gate.verdicts
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ check, reason }) => `${check}: ${reason}`);
  const error = errorRecordOf(
    new TelosError('GATE_FAILED', boundedText(`The output of ${path} did not pass its gate. ${reasons.join(' ')}`), {
      details: { score: gate.score },
    }),
  );
  const told = joinLabellings(labelling, labellingOfReasons(desk, { step, frame }));
  const reject = (fallback?: Payload, fallbackLabelling?: Labelling): void => {
    const given = { fallback, fallbackLabelling };
    desk.apply({ do: 'rejectOutput', at: desk.now(), step, error, ...given, ...rejected, labelling: told });
  };
  const remedy = step.gate?.onFail.find((one) => one.do === 'fallback');
  if (remedy === undefined) {
    reject();
    return;
  }
  const context = desk.contexts.of(frame);
  let value: Json;
  try {
    value = context.linked.render(remedy.value, scope);
  } catch {
    // A fallback that cannot be rendered is none: the step fails by its gate.
    reject();
    return;
  }
  const read = labellingOfTemplate(desk.state, context, frame, remedy.value);
  desk.store(value, (fallback) => reject(fallback, joinLabellings(labelling, read)));
}
