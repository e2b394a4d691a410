/**
 * Steering: what is asked of a run from outside becomes commands, in the order
 * of asking. A message is settled by the append that holds what came of it, so
 * one that is lost with its owner is met again by the next.
 */
import type { Message, RunId, Store } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import type { Lazy } from '../desk/lazy.ts';
import type { Patience } from '../desk/patience.ts';
import type { WaitSteps } from '../waits/wait-steps.ts';

export interface Steering {
  /** Reads the inbox and applies what is new in it. */
  read(): Promise<void>;
  /** Ids of messages that were applied and are to be settled by the next append. */
  take(): readonly string[];
  isPending(): boolean;
}

export type SteeringSpec = {
  readonly store: Store;
  readonly run: RunId;
  readonly desk: Desk;
  readonly patience: Patience;
  readonly waits: Lazy<WaitSteps>;
  /** What another worker made of a step. */
  readonly outcome: (message: Extract<Message, { kind: 'outcome' }>, settled: () => void) => void;
};

export function createSteering({ store, run, desk, patience, waits, outcome }: SteeringSpec): Steering {
  const { state } = desk;
  /** Taken up by this owner, each with whether it is done with. The store shows one until it is settled, and again when it is sent again. */
  const seen = new Map<string, boolean>();
  let settles: string[] = [];

  function apply(message: Message, settle: () => void): void {
    const at = desk.now();
    const by = message.by === undefined ? {} : { by: message.by };
    switch (message.kind) {
      case 'cancel':
        if (state.ending === undefined)
          desk.apply({ do: 'end', at, cause: { cancelled: message.reason, ...by, message: message.id } });
        // A second one skips what would follow; the same one again, sent because its answer was lost, does not.
        else if (!('cancelled' in state.ending && state.ending.message === message.id))
          desk.apply({ do: 'hurry', at, ...by });
        break;
      case 'pause': {
        const note = message.note === undefined ? {} : { message: message.note };
        desk.apply({ do: 'pause', at, reason: 'asked', ...note, ...by });
        break;
      }
      case 'resume':
        if (message.budget !== undefined) {
          const where = message.path === undefined ? {} : { of: message.path };
          desk.apply({ do: 'raiseBudget', at, budget: message.budget, ...where, ...by });
        }
        desk.apply({ do: 'resume', at, ...by });
        break;
      case 'signal': {
        const { id, name, payload } = message;
        desk.apply({ do: 'receiveSignal', at, id, name, payload, ...by });
        // One that is kept may be for a step that looks at its payload first.
        if (state.signals.length > 0) waits.get().deliver();
        break;
      }
      case 'decide': {
        const { wait, decision, value, note } = message;
        const answer = {
          decision,
          ...(value === undefined ? {} : { value }),
          ...(note === undefined ? {} : { note }),
          ...by,
        };
        waits.get().answer(wait, answer, settle);
        return;
      }
      case 'resolve': {
        const { path, as, output, note } = message;
        desk.apply({
          do: 'resolveStep',
          at,
          path,
          as,
          ...(output === undefined ? {} : { output }),
          ...(note === undefined ? {} : { note }),
          ...by,
        });
        break;
      }
      case 'limit': {
        const { path, attempt, limit, waits } = message;
        desk.apply({ do: waits ? 'awaitLimit' : 'passLimit', at, path, attempt, limit });
        break;
      }
      case 'outcome':
        outcome(message, settle);
        return;
    }
    settle();
  }

  return {
    async read() {
      for (const message of await patience.try(() => store.inbox.pending(run))) {
        const { id } = message;
        const settle = (): void => {
          seen.set(id, true);
          settles.push(id);
        };
        const known = seen.get(id);
        if (known === true) settle();
        if (known !== undefined) continue;
        seen.set(id, false);
        apply(message, settle);
      }
    },
    take() {
      const taken = settles;
      settles = [];
      return taken;
    },
    isPending: () => settles.length > 0,
  };
}
