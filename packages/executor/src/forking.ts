/**
 * Forking: what a run that was copied from another may do again. Steps that only
 * read run as ever. Of one that has an effect the fork says whether it happens
 * again, whether what the first run has of it stands for it, or whether it fails.
 */
import { fold, TelosError } from '@telos/core';
import type { At, Did, Payload, RunState, Store } from '@telos/core';

export interface Forking {
  /** What stands in place of a call with this effect: the recorded output, or a refusal. Undefined when the call is made. */
  recorded(at: At, did: Did): Promise<Payload> | undefined;
  /** Whether no call with this effect is made here, whatever becomes of the step. */
  withholds(did: Did): boolean;
}

export function createForking(store: Store, state: RunState): Forking {
  const { fork } = state;
  let source: Promise<RunState | undefined> | undefined;

  async function outputOf({ path }: At, run: string): Promise<Payload> {
    source ??= fold(store.journal.read(run));
    const known = (await source)?.steps.get(path);
    if (known?.status === 'succeeded') return known.output;
    const message = `Run ${run} has no output of ${path}, and this fork may not have its effect again.`;
    throw new TelosError('EFFECT_DENIED', message);
  }

  const withholds = ({ effect }: Did): boolean =>
    fork !== undefined && fork.sideEffects !== 'live' && effect !== 'read';

  return {
    withholds,
    recorded(at, did) {
      if (fork === undefined || !withholds(did)) return undefined;
      const { effect } = did;
      if (fork.sideEffects === 'recorded') return outputOf(at, fork.run);
      const message = `${at.path} has an effect (${effect}), and this fork may have none.`;
      return Promise.reject(new TelosError('EFFECT_DENIED', message));
    },
  };
}
