/** The parts of an owner, each of which knows those that it works with. */
import type { Hash, Lease, RunState } from '@telos/core';
import type { Linked } from '@telos/language';
import { ActionSteps } from '../actions/action-steps.ts';
import { createForking } from '../attempt/forking.ts';
import { createBlockSteps } from '../blocks/block-steps.ts';
import type { BlockSteps } from '../blocks/block-steps.ts';
import { Budgets } from '../budget/budgets.ts';
import { Purse } from '../budget/purse.ts';
import type { DeskOwner } from '../desk/desk.ts';
import { Lazy } from '../desk/lazy.ts';
import { Ledger } from '../desk/ledger.ts';
import type { Hold, OwnerShared } from '../desk/owner-shared.ts';
import { Patience } from '../desk/patience.ts';
import { RunDesk } from '../desk/run-desk.ts';
import { createContexts } from '../scope/contexts.ts';
import { createWaitSteps } from '../waits/wait-steps.ts';
import { Carrier } from './carrier.ts';
import type { CarrierSpec } from './carrier.ts';
import { OwnBodies } from './own-bodies.ts';
import { RunRails } from './run-rails.ts';
import { createSteering } from './steering.ts';
import type { Steering } from './steering.ts';

/** What an owner begins with. */
export type Loaded = {
  readonly shared: OwnerShared;
  readonly lease: Lease;
  readonly hold: Hold;
  readonly state: RunState;
  readonly linked: Linked;
  /** Programs of its blocks. */
  readonly bodies: Map<Hash, Linked>;
};

export type PartsOwner = DeskOwner & CarrierSpec['owner'];

export type Parts = {
  readonly patience: Patience;
  readonly ledger: Ledger;
  readonly desk: RunDesk;
  readonly actions: ActionSteps;
  readonly blocks: Lazy<BlockSteps>;
  readonly budgets: Budgets;
  readonly runRails: RunRails;
  readonly carrier: Carrier;
  readonly steering: Steering;
};

export function createParts({ shared, lease, state, linked, bodies }: Loaded, owner: PartsOwner): Parts {
  const { deps } = shared;
  const { store, clock } = deps;
  const { run } = lease;
  const { program } = linked;
  const patience = new Patience(clock, ({ message }) =>
    deps.report({ message: `Run ${run} waits for the store: ${message}`, run }),
  );
  const ledger = new Ledger({
    journal: store.journal,
    lease,
    program,
    state,
    programs: (hash) => bodies.get(hash)?.program,
    patience,
    observe: (event) => purse.observe(event),
  });
  const contexts = createContexts(state, linked, bodies, deps);
  const desk = new RunDesk({ ...shared, contexts, ledger, patience, owner });
  const purse = new Purse(desk, program, (path, error) => ledger.expire(path, error));
  const actions = new ActionSteps(desk, createForking(store, state), purse);
  const waits = new Lazy(() => createWaitSteps(desk));
  const blocks = new Lazy(() => createBlockSteps(desk, new OwnBodies(shared, desk, patience), purse));
  const budgets = new Budgets(desk, program);
  const runRails = new RunRails(desk, linked, purse);
  const carrier = new Carrier({ desk, actions, blocks, waits, runRails, purse, ledger, linked, owner });
  const steering = createSteering({
    store,
    run,
    desk,
    patience,
    waits,
    outcome: (message, settled) => actions.placing.get().outcome(message, settled),
  });
  return { patience, ledger, desk, actions, blocks, budgets, runRails, carrier, steering };
}
