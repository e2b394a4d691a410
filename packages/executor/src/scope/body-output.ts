/** What a block gives whose body has ended, by what its frames gave. */
import { stepPath, TelosError } from '@telos/core';
import type { EndedFrame, Frame, Json, Payload, RunState, Step, StepPath } from '@telos/core';
import { outputRead, vaultsOfOutput } from './put-back.ts';
import type { Lookup } from './values.ts';

/** The last output of each frame that did not fail: what `blockOutput` looks up, beside what a `yield` reads. */
export function bodyOutputs(state: RunState, frames: readonly EndedFrame[]): Payload[] {
  const outputs: Payload[] = [];
  for (const { frame, error } of frames) {
    if (error !== undefined) continue;
    const last = lastOutput(state, frame);
    if (last !== undefined) outputs.push(last.output, ...vaultsOfOutput(state, last.path));
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
    const last = lastOutput(state, frame);
    return last === undefined ? null : outputRead(state, last.path, last.output, lookup);
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

type LastOutput = { readonly path: StepPath; readonly output: Payload };

function lastOutput(state: RunState, frame: Frame): LastOutput | undefined {
  const last = frame.steps.at(-1);
  if (last === undefined) return undefined;
  const path = stepPath(frame.path, last.id);
  const known = state.steps.get(path);
  return known?.status === 'succeeded' ? { path, output: known.output } : undefined;
}

function branchOf(frame: Frame): string {
  return frame.block !== undefined && 'branch' in frame.block.key ? frame.block.key.branch : frame.path;
}
