/** Closing a block whose body has ended well: what the body gave is read, and becomes what the block gives. */
import { errorRecordOf } from '@telos/core';
import type { At, EndedFrame, Frame, Json } from '@telos/core';
import { renderIn } from '../beside/block-end.ts';
import type { BlockEnd } from '../beside/block-end.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfClosing } from '../gates/reasons.ts';
import { labellingOfResult } from '../labels/block-labelling.ts';
import { trusted } from '../labels/labelling.ts';
import { blockOutput, bodyOutputs } from '../scope/body-output.ts';
import { vaultsOfCall } from '../scope/put-back.ts';
import { payloadsOf, scopeWithin } from '../scope/scope.ts';
import { programBody } from './program-body.ts';

export function closeBlock(desk: Desk, end: BlockEnd, at: At, frames: readonly EndedFrame[]): void {
  const { path, step, frame } = at;
  const { state, contexts } = desk;
  const yields = step.kind === 'foreach' ? step.yieldReads : [];
  const body = programBody(desk, path, frames);
  const more = [
    ...bodyOutputs(state, frames),
    ...vaultsOfCall(state, frame, step.id),
    ...(yields.length === 0
      ? []
      : frames.flatMap((one) => payloadsOf(state, contexts.of(one.frame), one.frame, yields))),
    ...(body === undefined ? [] : payloadsOf(state, body.context, body.frame, body.program.outputReads)),
  ];
  desk.read({ path, frame, reads: step.reads, more }, (scope, lookup) => {
    const { linked } = contexts.of(frame);
    const yielded = (inner: Frame): Json =>
      step.kind === 'foreach' && step.yield !== undefined
        ? linked.render(step.yield, scopeWithin(state, contexts.of(inner), scope, inner, yields, lookup))
        : null;
    try {
      const last = blockOutput(state, step, frames, lookup, yielded);
      const labelling = labellingOfResult(desk, at, frames, body?.program.outputs);
      if (body === undefined) {
        end.finish(at, { output: last, labelling, scope, lookup });
        return;
      }
      const { outputs, outputReads } = body.program;
      const inner = body.context.linked;
      const { rails, permissions } = inner.program;
      const seen = scopeWithin(state, body.context, scope, body.frame, outputReads, lookup);
      const output = Object.keys(outputs).length === 0 ? last : inner.render(outputs, seen);
      const render = renderIn(inner, { ...seen, output });
      end.finish(at, { output, labelling, scope, lookup }, [
        { rails: rails?.output ?? [], render, inner: { permissions } },
      ]);
    } catch (error) {
      const read = trusted(step, labellingOfClosing(desk, at, frames, body?.program.outputs));
      end.fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'), undefined, read);
    }
  });
}
