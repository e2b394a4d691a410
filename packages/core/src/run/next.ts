import type { Hash } from '../ids.ts';
import type { Program } from '../program/program.ts';
import type { Action } from './action.ts';
import { createFrontier } from './create-frontier.ts';
import type { RunState } from './state.ts';

/** All that may happen next in this state: what a new owner starts from. */
export function next(
  program: Program,
  state: RunState,
  programs?: (hash: Hash) => Program | undefined,
): readonly Action[] {
  return createFrontier(program, state, programs).take();
}
