/**
 * Forking: what a run that was copied from another may do again. Steps that only
 * read run as ever. Of one that has an effect the fork says whether it happens
 * again, whether what the first run has of it stands for it, or whether it fails.
 */
import { fold, stepPath, TelosError } from '@telos/core';
import type { At, Did, Payload, RunState, Store } from '@telos/core';
import { isDeepStrictEqual } from 'node:util';

export interface Forking {
  /**
   * What stands in place of a call with this effect: the recorded output, or a refusal. Undefined when the call is made.
   *
   * @param input What the call would be given, secrets masked.
   */
  recorded(at: At, did: Did, input: () => Payload | Promise<Payload>): Promise<Payload> | undefined;
  /** Whether no call with this effect is made here, whatever becomes of the step. */
  withholds(did: Did): boolean;
  /** Whether there are effects whose calls are not made here. */
  readonly isWithholding: boolean;
}

export function createForking(store: Store, state: RunState): Forking {
  const { fork } = state;
  let source: Promise<RunState | undefined> | undefined;

  async function outputOf(at: At, run: string, input: () => Payload | Promise<Payload>): Promise<Payload> {
    const { path } = at;
    source ??= fold(store.journal.read(run));
    const found = await source;
    const known = found?.steps.get(path);
    const stands = at.frame.block?.step.kind !== 'agent' || (await isSameCall(at, run, found, await input()));
    if (known?.status === 'succeeded' && stands) return known.output;
    const message = `Run ${run} has no output of ${path}, and this fork may not have its effect again.`;
    throw new TelosError('EFFECT_DENIED', message);
  }

  /** Where an agent's call stands is no sign of what it is: its model, asked again, may make another in its place. */
  async function isSameCall(
    { path, frame }: At,
    run: string,
    of: RunState | undefined,
    input: Payload,
  ): Promise<boolean> {
    const { block } = frame;
    if (of === undefined || block === undefined || !('round' in block.key)) return false;
    const round = block.key.round - 2;
    const nameIn = ({ calls }: RunState): string | undefined =>
      calls.get(block.path)?.[round]?.find(({ step }) => stepPath(frame.path, step) === path)?.name;
    if (nameIn(of) !== nameIn(state)) return false;
    let given: Payload | undefined;
    for await (const { event } of store.journal.read(run))
      if (event.type === 'step.started' && event.path === path) given = event.input;
    return isDeepStrictEqual(given, input);
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
