/** Rounds of a loop: what follows one is another with a new state, or the loop's result. */
import { labellingOfFields, unlabelled } from '@telos/core';
import type { At, Json, JsonObject, Labelling, LoopStep } from '@telos/core';
import type { Scope } from '@telos/language';
import { labellingOfNext } from '../labels/block-labelling.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfBody } from '../labels/labelling.ts';
import { blockOutput } from '../scope/body-output.ts';
import { scopeWithin } from '../scope/scope.ts';
import type { BlockEnd } from '../beside/block-end.ts';
import type { EndedRound } from './ended-round.ts';

type LoopAt = At & { readonly step: LoopStep };

type After =
  | { readonly state: JsonObject; readonly labelling: Labelling }
  | { readonly result: { readonly output: Json; readonly labelling: Labelling } };

/** @throws TelosError EXPRESSION_FAILED. */
export function advanceLoop(desk: Desk, end: BlockEnd, at: LoopAt, ended: EndedRound): void {
  const { path, step } = at;
  const { round, frames, scope, lookup } = ended;
  const inner = frames[0]?.frame;
  const seen =
    inner === undefined
      ? scope
      : scopeWithin(desk.state, desk.contexts.of(inner), scope, inner, step.nextReads, lookup);
  const next = afterRound(desk, at, ended, seen);
  if ('result' in next) {
    end.finish(at, { ...next.result, scope, lookup });
    return;
  }
  const { labelling } = next;
  desk.store(next.state, (state) => {
    desk.apply({ do: 'advanceLoop', at: desk.now(), path, round: round + 1, state, labelling });
  });
}

/** @param seen What the body of the round sees. */
function afterRound(desk: Desk, at: LoopAt, { round, frames, lookup }: EndedRound, seen: Scope): After {
  const { step, frame } = at;
  const { linked } = desk.contexts.of(frame);
  // A loop's state is rendered from a map, and stays one.
  const before = (seen['state'] ?? {}) as JsonObject;
  const replaced = linked.render(step.next, seen) as JsonObject;
  const after = { ...before, ...replaced };
  const reached = step.until !== undefined && linked.test(step.until, { ...seen, state: after });
  const carried = labellingOfNext(desk, at, frames[0]?.frame, Object.keys(after));
  if (!reached && round < step.max) return { state: after, labelling: carried };
  const last = blockOutput(desk.state, step, frames, lookup, () => null);
  const labelling = labellingOfFields({
    state: carried,
    output: labellingOfBody(desk.state, desk.contexts.of(frame), at, frames, () => undefined),
    rounds: unlabelled,
    reached: unlabelled,
  });
  return { result: { output: { state: after, output: last, rounds: round, reached }, labelling } };
}
