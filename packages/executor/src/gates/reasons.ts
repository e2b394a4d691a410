/**
 * What words about a step may quote: the reasons of checks, which a model is told when it is to repair, and errors,
 * which a handler is told, and every step that reads them.
 */
import { checksOfGate, joinAll, unlabelled, wholeOf } from '@telos/core';
import type { At, CheckUse, EndedFrame, ErrorRecord, Labelling, Step, StepPath, Template } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import {
  isLabelled,
  labellingOfAll,
  labellingOfChecks,
  labellingOfCondition,
  labellingOfStarted,
  labellingOfTemplate,
} from '../labels/labelling.ts';
import { railsOf } from '../rails/rails-of.ts';

type Judged = Pick<At, 'step' | 'frame'>;

/** Of the parameters of all checks of a step, and of the sources that they are shown: what is judged itself is not among it. */
export function labellingOfReasons(desk: Desk, { step, frame }: Judged): Labelling {
  const { state } = desk;
  const context = desk.contexts.of(frame);
  if (!isLabelled(state, context)) return unlabelled;
  const rails = (step.kind === 'action' ? railsOf(desk, step, frame) : step.rails) ?? {};
  const uses: readonly CheckUse[] = [...checksOfGate(step.gate), ...Object.values(rails).flat()];
  return labellingOfChecks(state, context, frame, step, uses);
}

/** What an error carries beside what it was made of: that of a check tells its reason, that of an expression what it read. */
export function labellingOfError(
  desk: Desk,
  judged: Judged,
  { code }: Pick<ErrorRecord, 'code'>,
  made: Labelling | undefined,
): Labelling | undefined {
  const told = tellReasons.has(code)
    ? labellingOfReasons(desk, judged)
    : code === 'EXPRESSION_FAILED'
      ? labellingOfTemplates(desk, judged, templatesOf(judged.step))
      : unlabelled;
  return told === unlabelled ? made : joinAll([made ?? unlabelled, told]);
}

const tellReasons: ReadonlySet<string> = new Set(['GATE_FAILED', 'RAIL_BLOCKED', 'RAIL_FAILED']);

/** What decides whether a step runs, and which of its cases: said of an error in there, and of nothing else. */
export function labellingOfConditions(desk: Desk, { step, frame }: Judged): Labelling {
  const context = desk.contexts.of(frame);
  const cases = step.kind === 'switch' ? step.cases.map((one) => one.when) : [];
  const conditions = [step.when, ...cases].filter((condition) => condition !== undefined);
  const read = conditions.map((condition) => labellingOfCondition(desk.state, context, frame, condition));
  return joinAll(read.map(wholeOf));
}

/**
 * What a block reads when a round, an item or the whole of it has ended: its body, and what it hands on of that.
 *
 * @param outputs Of a body that is a program of its own.
 */
export function labellingOfClosing(
  desk: Desk,
  { path, step }: { readonly path: StepPath; readonly step: Step },
  frames: readonly EndedFrame[],
  outputs: Template = null,
): Labelling {
  const { state, contexts } = desk;
  const read = frames.flatMap(({ frame }) => [
    labellingOfTemplates(desk, { step, frame }, [outputs, ...handedOn(step)]),
    ...(step.kind === 'loop' && step.until !== undefined
      ? [labellingOfCondition(state, contexts.of(frame), frame, step.until)]
      : []),
  ]);
  return joinAll([labellingOfStarted(state, path), labellingOfAll(state, path, frames), ...read].map(wholeOf));
}

function labellingOfTemplates(desk: Desk, { frame }: Judged, templates: readonly Template[]): Labelling {
  const context = desk.contexts.of(frame);
  return joinAll(templates.map((template) => wholeOf(labellingOfTemplate(desk.state, context, frame, template))));
}

/** What is rendered of a step where it stands, once it runs. */
function templatesOf(step: Step): readonly Template[] {
  const { idempotencyKey = null } = step;
  switch (step.kind) {
    case 'action':
    case 'workflow':
    case 'plan':
      return [idempotencyKey, step.with];
    case 'foreach':
      return [step.items];
    case 'loop':
      return [step.state];
    case 'agent':
      return [step.instructions, step.input];
    case 'approve':
      return [step.show];
    case 'wait':
    case 'parallel':
    case 'switch':
      return [];
  }
}

/** What is rendered of a block where its body stands. */
function handedOn(step: Step): readonly Template[] {
  if (step.kind === 'loop') return [step.next];
  return step.kind === 'foreach' && step.yield !== undefined ? [step.yield] : [];
}
