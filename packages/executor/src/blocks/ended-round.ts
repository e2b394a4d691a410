import { errorRecordOf } from '@telos/core';
import type { Action, EndedFrame } from '@telos/core';
import type { Scope } from '@telos/language';
import type { BlockEnd } from '../beside/block-end.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfClosing } from '../gates/reasons.ts';
import { trusted } from '../labels/labelling.ts';
import { bodyOutputs } from '../scope/body-output.ts';
import { vaultsOfCall } from '../scope/put-back.ts';
import { payloadsOf } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';

/** A round of a block whose steps have ended. */
export type EndedRound = {
  readonly round: number;
  readonly frames: readonly EndedFrame[];
  /** The block's own, and what looks up what the round gave. */
  readonly scope: Scope;
  readonly lookup: Lookup;
};

/**
 * Reads what a round gave. What `then` throws fails the block.
 *
 * @param reads Ids of the steps of the round that are looked at, beside its last.
 */
export function readRound(
  desk: Desk,
  end: BlockEnd,
  { path, step, frame, round, frames }: Extract<Action, { do: 'advance' }>,
  reads: readonly string[],
  then: (ended: EndedRound) => void,
): void {
  const { state, contexts } = desk;
  const inner = frames[0]?.frame;
  const seen = inner === undefined ? [] : payloadsOf(state, contexts.of(inner), inner, reads);
  const more = [...bodyOutputs(state, frames), ...vaultsOfCall(state, frame, step.id), ...seen];
  desk.read({ path, frame, reads: step.reads, more }, (scope, lookup) => {
    try {
      then({ round, frames, scope, lookup });
    } catch (error) {
      const read = trusted(step, labellingOfClosing(desk, { path, step }, frames));
      end.fail({ path, step, frame }, errorRecordOf(error, 'EXPRESSION_FAILED'), undefined, read);
    }
  });
}
