/** Writes: what callers want stored, each with whoever waits for its outcome. */
import type { Created, Held, Lease, Message, NewRun, OwnerId, RunId, Sequence, SummaryChange } from '@telos/core';

type Waiting<T> = {
  readonly resolve: (outcome: T) => void;
  readonly reject: (error: unknown) => void;
};

export type CreateWrite = Waiting<Created> & { readonly kind: 'create'; readonly run: NewRun; readonly event: string };

export type AcquireWrite = Waiting<Lease | Held> & {
  readonly kind: 'acquire';
  readonly run: RunId;
  readonly owner: OwnerId;
  readonly ttlMs: number;
};

/** Gives the leases that were lost. */
export type RenewWrite = Waiting<readonly Lease[]> & {
  readonly kind: 'renew';
  readonly leases: readonly Lease[];
  readonly ttlMs: number;
};

export type ReleaseWrite = Waiting<void> & { readonly kind: 'release'; readonly lease: Lease };

export type AppendWrite = Waiting<Sequence> & {
  readonly kind: 'append';
  readonly lease: Lease;
  readonly after: Sequence;
  readonly count: number;
  /** The events, as JSON. */
  readonly text: string;
  readonly ends: boolean;
  readonly change?: SummaryChange;
  readonly settles: readonly string[];
  /** It was refused as a link of a chain, and is to be judged by itself. */
  readonly alone?: true;
};

export type PostWrite = Waiting<void> & { readonly kind: 'post'; readonly run: RunId; readonly message: Message };

export type Write = CreateWrite | AcquireWrite | RenewWrite | ReleaseWrite | AppendWrite | PostWrite;
