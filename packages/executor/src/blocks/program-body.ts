import { bodyProgramOf } from '@telos/core';
import type { EndedFrame, Frame, Program, StepPath } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import type { Context } from '../scope/contexts.ts';

/** The body of a block that is a program of its own, which says what comes out of it. */
export type ProgramBody = { readonly frame: Frame; readonly context: Context; readonly program: Program };

export function programBody(
  { state, contexts }: Desk,
  path: StepPath,
  frames: readonly EndedFrame[],
): ProgramBody | undefined {
  const frame = frames[0]?.frame;
  const opening = state.blocks.get(path);
  const hash = opening === undefined ? undefined : bodyProgramOf(opening);
  if (frame === undefined || hash === undefined) return undefined;
  const program = contexts.program(hash);
  return program === undefined ? undefined : { frame, context: contexts.of(frame), program };
}
