/**
 * Forking: what a run that was copied from another may do again. Steps that only
 * read run as ever. Of one that has an effect the fork says whether it happens
 * again, whether what the first run has of it stands for it, or whether it fails.
 */
import { fold, labellingOf, TelosError } from '@telos/core';
import type { At, Did, Frame, Labelling, Payload, RunState, StepPath, Store } from '@telos/core';
import { isDeepStrictEqual } from 'node:util';
import { callMadeBy } from '../scope/calls-of-round.ts';

/** What a step of the first run gave, and what that carries. */
export type RecordedOutput = { readonly output: Payload; readonly labelling: Labelling };

export interface Forking {
  /**
   * What stands in place of a call with this effect: the recorded output, or a refusal. Undefined when the call is made.
   *
   * @param input What the call would be given, secrets masked.
   */
  recorded(at: At, did: Did, input: () => Payload | Promise<Payload>): Promise<RecordedOutput> | undefined;
  /** Whether no call with this effect is made here, whatever becomes of the step. */
  withholds(did: Did): boolean;
  /** Whether there are effects whose calls are not made here. */
  readonly isWithholding: boolean;
}

/** What a workflow was given, or an agent was asked. */
function openedWith({ blocks }: RunState, path: StepPath): Payload | undefined {
  const opening = blocks.get(path);
  if (opening === undefined) return undefined;
  return 'workflow' in opening ? opening.inputs : 'loop' in opening ? opening.loop : undefined;
}

export function createForking(store: Store, state: RunState): Forking {
  const { fork } = state;
  let source: Promise<RunState | undefined> | undefined;

  async function outputOf(at: At, run: string, input: () => Payload | Promise<Payload>): Promise<RecordedOutput> {
    const { path } = at;
    source ??= fold(store.journal.read(run));
    const found = await source;
    const known = found?.steps.get(path);
    const stands = found !== undefined && (await isSameWork(at, run, found, input));
    if (known?.status === 'succeeded' && stands) return { output: known.output, labelling: labellingOf(known, path) };
    const message = `Run ${run} has no output of ${path}, and this fork may not have its effect again.`;
    throw new TelosError('EFFECT_DENIED', message);
  }

  /**
   * Where an agent's call stands is no sign of what it is: its model, asked again, may make another in its place. So
   * of a step that agents around it have called for, each call on the way there has to be what it was.
   */
  async function isSameWork(
    { path, frame, step }: At,
    run: string,
    of: RunState,
    input: () => Payload | Promise<Payload>,
  ): Promise<boolean> {
    let at: Pick<At, 'path' | 'frame'> & { readonly id: string } = { path, frame, id: step.id };
    for (;;) {
      const call = callMadeBy(state, at.frame, at.id);
      if (call !== undefined) {
        if (callMadeBy(of, at.frame, at.id)?.name !== call.name) return false;
        const [given, was] =
          at.path === path
            ? [await input(), await startedWith(run, path)]
            : [openedWith(state, at.path), openedWith(of, at.path)];
        if (was === undefined || !isDeepStrictEqual(was, given)) return false;
      }
      let outer: Frame | undefined = at.frame;
      while (outer !== undefined && outer.block === undefined) outer = outer.within;
      if (outer?.block === undefined) return true;
      const { block } = outer;
      at = { path: block.path, frame: block.frame, id: block.step.id };
    }
  }

  async function startedWith(run: string, path: StepPath): Promise<Payload | undefined> {
    let given: Payload | undefined;
    for await (const { event } of store.journal.read(run))
      if (event.type === 'step.started' && event.path === path) given = event.input;
    return given;
  }

  const isWithholding = fork !== undefined && fork.sideEffects !== 'live';
  const withholds = ({ effect }: Did): boolean => isWithholding && effect !== 'read';

  return {
    withholds,
    isWithholding,
    recorded(at, did, input) {
      if (fork === undefined || !withholds(did)) return undefined;
      const { effect } = did;
      if (fork.sideEffects === 'recorded') return outputOf(at, fork.run, input);
      const message = `${at.path} has an effect (${effect}), and this fork may have none.`;
      return Promise.reject(new TelosError('EFFECT_DENIED', message));
    },
  };
}
