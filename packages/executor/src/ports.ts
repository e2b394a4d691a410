import type {
  AnyCheck,
  AnyTool,
  Clock,
  Hash,
  Json,
  Live,
  OwnerId,
  Planner,
  Program,
  Queue,
  RunId,
  Servers,
  Store,
  Vaults,
} from '@telos/core';
import type { Linked } from '@telos/language';

/** What a worker needs from the process it lives in. */
export type WorkerDeps = {
  readonly store: Store;
  readonly queue: Queue;
  /** Whether other processes serve the queue too: then steps that find no slot here are offered to them. */
  readonly elsewhere?: boolean;
  readonly live: Live;
  readonly clock: Clock;
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** Servers whose tools programs name; absent: none can be called. */
  readonly servers?: Servers;
  readonly checks: ReadonlyMap<string, AnyCheck>;
  readonly planner?: Planner;
  /** Shared with the doors of the process, so that a run has one vault; absent: the worker's own. */
  readonly vaults?: Vaults;
  /** The language package's own functions; passed in so that a test may watch them. */
  readonly language: {
    readonly link: (program: Program) => Linked;
    readonly loadProgram: (stored: Json, hash: Hash) => Program;
  };
  /** The value of a secret, or undefined when it is not set. */
  readonly secret: (name: string) => string | undefined;
  /** Hosts that may have private data, besides those that a workflow names; default: those of the configured model providers. */
  readonly privateHosts?: readonly string[];
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** Whether an owner is known to be gone, so that its runs need not wait for their leases to lapse. Default: nobody knows. */
  readonly isGone?: (owner: OwnerId) => boolean;
  /** Told of what a person should know and no run can show: a lost lease, a store that is away. */
  readonly report: (problem: Problem) => void;
};

export type Problem = { readonly message: string; readonly run?: RunId; readonly error?: unknown };
