/** What follows a round of a loop: another one with a new state, or the loop's result. */
import { labellingOfFields, unlabelled } from '@telos/core';
import type { At, EndedFrame, Json, JsonObject, Labelling, LoopStep } from '@telos/core';
import type { Scope } from '@telos/language';
import { labellingOfNext } from '../labels/block-labelling.ts';
import { blockOutput } from './block.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfBody } from '../labels/labelling.ts';
import type { Lookup } from '../scope/values.ts';

export type LoopRound = {
  readonly round: number;
  readonly frames: readonly EndedFrame[];
  /** What its body sees. */
  readonly seen: Scope;
  readonly lookup: Lookup;
};

type After =
  | { readonly after: JsonObject; readonly carried: Labelling }
  | { readonly result: { readonly output: Json; readonly labelling: Labelling } };

/** @throws TelosError EXPRESSION_FAILED. */
export function endLoopRound(
  desk: Desk,
  at: At & { readonly step: LoopStep },
  { round, frames, seen, lookup }: LoopRound,
): After {
  const { step, frame } = at;
  const { linked } = desk.contexts.of(frame);
  // A loop's state is rendered from a map, and stays one.
  const before = (seen['state'] ?? {}) as JsonObject;
  const replaced = linked.render(step.next, seen) as JsonObject;
  const after = { ...before, ...replaced };
  const reached = step.until !== undefined && linked.test(step.until, { ...seen, state: after });
  const carried = labellingOfNext(desk, at, frames[0]?.frame, Object.keys(after));
  if (!reached && round < step.max) return { after, carried };
  const last = blockOutput(desk.state, step, frames, lookup, () => null);
  const labelling = labellingOfFields({
    state: carried,
    output: labellingOfBody(desk.state, desk.contexts.of(frame), at, frames, () => undefined),
    rounds: unlabelled,
    reached: unlabelled,
  });
  return { result: { output: { state: after, output: last, rounds: round, reached }, labelling } };
}
