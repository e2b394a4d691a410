/** Writes: what callers want stored, each with whoever waits for its outcome. */
import type {
  Created,
  Held,
  Lease,
  Message,
  NewRun,
  OwnerId,
  RunId,
  Sequence,
  SummaryChange,
  Task,
  WaitingChange,
} from '@telos/core';

type Waiting<T> = {
  readonly resolve: (outcome: T) => void;
  readonly reject: (error: unknown) => void;
};

export type CreateWrite = Waiting<Created> & {
  readonly kind: 'create';
  readonly run: NewRun;
  /** All that it brings, as JSON. */
  readonly text: string;
};

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

export type ReleaseWrite = Waiting<void> & {
  readonly kind: 'release';
  readonly lease: Lease;
  /** The run waits for so long from now. */
  readonly forMs?: number;
};

export type AppendWrite = Waiting<Sequence> & {
  readonly kind: 'append';
  readonly lease: Lease;
  readonly after: Sequence;
  readonly count: number;
  /** The events, as JSON. */
  readonly text: string;
  readonly ends: boolean;
  readonly change: SummaryChange | undefined;
  readonly waiting: WaitingChange | undefined;
  readonly settles: readonly string[];
  /** It was refused as a link of a chain, and is to be judged by itself. */
  readonly alone?: true;
};

export type PostWrite = Waiting<void> & { readonly kind: 'post'; readonly run: RunId; readonly message: Message };

/** Whether the task is this worker's now. */
export type ClaimWrite = Waiting<boolean> & { readonly kind: 'claim'; readonly task: Task; readonly worker: OwnerId };

export type CallOffWrite = Waiting<void> & { readonly kind: 'callOff'; readonly tasks: readonly Task[] };

export type ForgetWrite = Waiting<void> & { readonly kind: 'forget'; readonly tasks: readonly Task[] };

export type Write =
  | CreateWrite
  | AcquireWrite
  | RenewWrite
  | ReleaseWrite
  | AppendWrite
  | PostWrite
  | ClaimWrite
  | CallOffWrite
  | ForgetWrite;

/** Those of one kind. */
export type WriteOf<K extends Write['kind']> = Extract<Write, { readonly kind: K }>;
