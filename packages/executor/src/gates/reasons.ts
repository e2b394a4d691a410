/** What the reasons of checks may quote: a model is told them when it is to repair, a handler when a step failed by them. */
import { checksOfGate, joinAll, joinLabellings, unlabelled, wholeOf } from '@telos/core';
import type { CheckUse, ErrorRecord, Frame, Labelling, Step } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import { isLabelled, labellingOfReads, labellingOfTemplate } from '../labels/labelling.ts';
import { railsOf } from '../rails/rails-of.ts';

type Judged = { readonly step: Step; readonly frame: Frame };

/** Of the parameters of all checks of a step, and of the sources that they are shown: what is judged itself is not among it. */
export function labellingOfReasons(desk: Desk, { step, frame }: Judged): Labelling {
  const { state } = desk;
  const context = desk.contexts.of(frame);
  if (!isLabelled(state, context)) return unlabelled;
  const rails = (step.kind === 'action' ? railsOf(desk, step, frame) : step.rails) ?? {};
  const uses: readonly CheckUse[] = [...checksOfGate(step.gate), ...Object.values(rails).flat()];
  const shown = uses.map((use) => labellingOfTemplate(state, context, frame, use.with));
  return joinAll([labellingOfReads(state, frame, step.reads), ...shown].map(wholeOf));
}

/** What an error carries beside what it was made of: that of a check tells its reason. */
export function labellingOfError(
  desk: Desk,
  judged: Judged,
  { code }: Pick<ErrorRecord, 'code'>,
  made: Labelling | undefined,
): Labelling | undefined {
  if (!tellReasons.has(code)) return made;
  return joinLabellings(made ?? unlabelled, labellingOfReasons(desk, judged));
}

const tellReasons: ReadonlySet<string> = new Set(['GATE_FAILED', 'RAIL_BLOCKED', 'RAIL_FAILED']);
