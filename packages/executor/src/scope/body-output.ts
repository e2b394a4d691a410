/** What a block gives whose body has ended, by what its frames gave. */
import { stepPath, TelosError } from '@telos/core';
import type { EndedFrame, Frame, Json, Payload, RunState, Step } from '@telos/core';
import type { Lookup } from './values.ts';

/** The last output of each frame that did not fail: what `blockOutput` looks up, beside what a `yield` reads. */
export function bodyOutputs(state: RunState, frames: readonly EndedFrame[]): Payload[] {
  const outputs: Payload[] = [];
  for (const { frame, error } of frames) {
    if (error !== undefined) continue;
    const output = lastOutput(state, frame);
    if (output !== undefined) outputs.push(output);
  }
  return outputs;
}

/**
 * What a block gives whose body ended well.
 *
 * @param yielded Renders a foreach's `yield` in one of its frames.
 */
export function blockOutput(
  state: RunState,
  step: Step,
  frames: readonly EndedFrame[],
  lookup: Lookup,
  yielded: (frame: Frame) => Json,
): Json {
  const outputIn = (frame: Frame): Json => {
    const output = lastOutput(state, frame);
    return output === undefined ? null : lookup(output);
  };
  switch (step.kind) {
    case 'foreach': {
      const kept = step.onItemError === 'skip' ? frames.filter(({ error }) => error === undefined) : frames;
      return kept.map(({ frame, error }) => {
        // An ErrorRecord is plain JSON.
        if (error !== undefined) return { error: error as Json };
        return step.yield === undefined ? outputIn(frame) : yielded(frame);
      });
    }
    case 'parallel':
      return Object.fromEntries(frames.map(({ frame }) => [branchOf(frame), outputIn(frame)]));
    case 'switch':
    case 'plan':
    case 'loop':
    case 'agent':
    case 'workflow':
      return frames[0] === undefined ? null : outputIn(frames[0].frame);
    case 'wait':
    case 'approve':
    case 'action':
      throw new TelosError('BUG', `Step ${step.id} is no block.`);
  }
}

function lastOutput(state: RunState, frame: Frame): Payload | undefined {
  const last = frame.steps.at(-1);
  const known = last === undefined ? undefined : state.steps.get(stepPath(frame.path, last.id));
  return known?.status === 'succeeded' ? known.output : undefined;
}

function branchOf(frame: Frame): string {
  return frame.block !== undefined && 'branch' in frame.block.key ? frame.block.key.branch : frame.path;
}
