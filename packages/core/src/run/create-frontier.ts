import type { Hash } from '../ids.ts';
import type { Program } from '../program/program.ts';
import type { Frontier } from './frontier.ts';
import { OpenRun } from './open-run.ts';
import type { RunState } from './state.ts';

/**
 * Builds the frontier of a run.
 *
 * @param state Read now and at every `observe`; the caller folds each event into it first.
 * @param programs Gives the program of a plan or of another workflow by hash; it must know every one that the state's blocks name.
 */
export function createFrontier(
  program: Program,
  state: RunState,
  programs: (hash: Hash) => Program | undefined = () => undefined,
): Frontier {
  return new OpenRun(program, state, programs);
}
