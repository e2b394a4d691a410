/** What the bodies of blocks see of them, at their start and from round to round; and what comes out of them. */
import { joinLabellings, labellingAt, labellingOf, labellingOfFields, marked, unlabelled, wholeOf } from '@telos/core';
import type { At, EndedFrame, Frame, Labelling, LoopStep, Template } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import {
  isLabelled,
  labellingOfAll,
  labellingOfBody,
  labellingOfOpening,
  labellingOfOutputs,
  labellingOfTemplate,
} from './labelling.ts';

/** Of a block that starts; an agent has also read what is said of its tools. */
export function labellingOfStart(desk: Desk, { step, frame }: At): Labelling {
  const context = desk.contexts.of(frame);
  const opening = labellingOfOpening(desk.state, context, frame, step);
  if (step.kind !== 'agent') return opening;
  const foreign = step.tools.filter((tool) => 'uses' in tool && context.tool(tool.uses)?.foreign === true);
  return joinLabellings(opening, ...foreign.map(({ name }) => marked(['untrusted'], `tools.${name}`)));
}

/** Of a loop's state after a round: what `next` says of its fields, and of those left out what they carried before. */
export function labellingOfNext(
  { state, contexts }: Desk,
  { path, step }: At & { readonly step: LoopStep },
  round: Frame | undefined,
  fields: readonly string[],
): Labelling {
  if (round === undefined || !isLabelled(state, contexts.of(round))) return unlabelled;
  const own = state.steps.get(path);
  const before = own?.status === 'running' ? labellingOf(own, path) : unlabelled;
  const next = labellingOfTemplate(state, contexts.of(round), round, step.next);
  const kept = (field: string): Labelling => labellingAt(Object.hasOwn(step.next, field) ? next : before, [field]);
  return labellingOfFields(Object.fromEntries(fields.map((field) => [field, kept(field)])));
}

/**
 * Of what a block gives whose body has ended well, before its `trust`.
 *
 * @param outputs Of a body that is a program of its own.
 */
export function labellingOfResult(
  { state, contexts }: Desk,
  at: At,
  frames: readonly EndedFrame[],
  outputs: { readonly [name: string]: Template } | undefined,
): Labelling {
  const { step } = at;
  const body = contexts.of(frames[0]?.frame ?? at.frame);
  const names = Object.keys(outputs ?? {});
  const own = names.length > 0 ? outputs : step.kind === 'foreach' ? step.yield : undefined;
  const labelling = labellingOfBody(state, body, at, frames, (inner) =>
    own === undefined ? undefined : labellingOfTemplate(state, contexts.of(inner), inner, own),
  );
  if (step.kind === 'plan') {
    // Reasons and evidence of verdicts quote what was judged.
    const quoted = wholeOf(joinLabellings(wholeOf(labelling), labellingOfAll(state, at.path, frames)));
    const said = { plan: unlabelled, outcome: unlabelled, rounds: unlabelled, round: unlabelled };
    return labellingOfFields({ ...said, output: labelling, objectives: quoted, notes: quoted });
  }
  return step.kind === 'workflow' && names.length > 0
    ? labellingOfOutputs(state, at, frames, labelling, names)
    : labelling;
}
