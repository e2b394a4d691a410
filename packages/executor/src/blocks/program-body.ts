import { programOf } from '@telos/core';
import type { EndedFrame, Frame, Hash, Program, StepPath } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

export type ProgramBody = { readonly frame: Frame; readonly hash: Hash } & Pick<Program, 'outputs' | 'outputReads'>;

/** The frame of a block's body that is a program of its own, with what that says comes out. */
export function programBody(
  { state, contexts }: Desk,
  path: StepPath,
  frames: readonly EndedFrame[],
): ProgramBody | undefined {
  const frame = frames[0]?.frame;
  const opening = state.blocks.get(path);
  const hash = opening === undefined ? undefined : programOf(opening);
  if (frame === undefined || hash === undefined) return undefined;
  const program = contexts.program(hash);
  if (program === undefined) return undefined;
  const { outputs, outputReads } = program;
  return { frame, hash, outputs, outputReads };
}
