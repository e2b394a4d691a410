/** What the owners of a worker share, and what each knows of its lease. */
import type { Vaults } from '@telos/core';
import type { WorkerDeps } from '../ports.ts';
import type { Programs } from './programs.ts';
import type { Seals } from './seals.ts';
import type { Slots } from './slots.ts';
import type { Values } from '../scope/values.ts';

export type OwnerShared = {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly values: Values;
  readonly vaults: Vaults;
  readonly programs: Programs;
  readonly seals: Seals;
  /** Those that the worker serves. */
  readonly queues: readonly string[];
};

/** What is known of a lease. A process that stood still, or heard nothing for long, has to ask before it acts on what it had. */
export type Hold = {
  /** Whether it is this worker's at this moment, for certain. */
  isCertain(): boolean;
  /** Asks the store. @throws TelosError STORE_UNAVAILABLE and the like. */
  confirm(): Promise<boolean>;
};
