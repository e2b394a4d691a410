/**
 * Steering: what is asked of a run from outside becomes commands, in the order
 * of asking. A message is settled by the append that holds what came of it, so
 * one that is lost with its owner is met again by the next.
 */
import type { Message, RunId, Store } from '@telos/core';
import type { Desk } from './desk.ts';
import type { Patience } from './patience.ts';
import type { WaitSteps } from './wait-steps.ts';

export interface Steering {
  /** Reads the inbox and applies what is new in it. */
  read(): Promise<void>;
  /** Ids of messages that were applied and are to be settled by the next append. */
  take(): readonly string[];
  readonly isPending: boolean;
}

export type SteeringSpec = {
  readonly store: Store;
  readonly run: RunId;
  readonly desk: Desk;
  readonly patience: Patience;
  readonly waits: WaitSteps;
  /** Skips what is left of the epilogue: the run was cancelled a second time. */
  readonly hurry: () => void;
  /** What another worker made of a step. */
  readonly outcome: (message: Extract<Message, { kind: 'outcome' }>, settled: () => void) => void;
};

export function createSteering({ store, run, desk, patience, waits, hurry, outcome }: SteeringSpec): Steering {
  const { state } = desk;
  /** Applied by this owner; the store may still show them until their append is durable. */
  const seen = new Set<string>();
  let settles: string[] = [];

  function apply(message: Message, settle: () => void): void {
    const at = desk.now();
    const by = message.by === undefined ? {} : { by: message.by };
    switch (message.kind) {
      case 'cancel':
        if (state.ending === undefined) desk.apply({ do: 'end', at, cause: { cancelled: message.reason, ...by } });
        else hurry();
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
        waits.answer(wait, answer, settle);
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
      case 'outcome':
        outcome(message, settle);
        return;
    }
    settle();
  }

  return {
    async read() {
      for (const message of await patience.try(() => store.inbox.pending(run))) {
        if (seen.has(message.id)) continue;
        seen.add(message.id);
        apply(message, () => void settles.push(message.id));
      }
    },
    take() {
      const taken = settles;
      settles = [];
      return taken;
    },
    get isPending() {
      return settles.length > 0;
    },
  };
}
