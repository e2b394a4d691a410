/** What one pass over the journal of a run makes of it. */
import type {
  CallRecord,
  RailCall,
  ErrorRecord,
  EventOf,
  GateResult,
  Instant,
  MadeCall,
  Opening,
  Payload,
  Place,
  RailsResult,
  RunStatus,
  Usage,
  Wait,
} from '@telos/core';
import type { StepStatusView } from '@telos/contract';
import type { Json, ObjectiveScore } from '@telos/core';
import type { CarriedLabels } from './carried-labels.ts';
import type { Note } from './note.ts';

export type FoldedPlan = {
  readonly program: string;
  readonly objectives: Json;
  readonly kept: readonly string[];
  readonly scores: Map<string, ObjectiveScore>;
};

export type FoldedAttempt = {
  readonly attempt: number;
  readonly startedAt: Instant;
  status: 'running' | 'succeeded' | 'failed' | 'rejected' | 'cancelled' | 'waiting' | 'in_doubt' | 'quarantined';
  endedAt?: Instant;
  input?: Payload;
  output?: Payload;
  error?: ErrorRecord;
  usage?: Usage;
  gate?: GateResult;
  retryAt?: Instant;
  remedy?: EventOf<'attempt.rejected'>['remedy'];
  readonly calls: { readonly index: number; readonly call: CallRecord }[];
  /** What its rails said, and when. */
  readonly rails: (RailsResult & { readonly at: Instant; readonly calls?: readonly RailCall[] })[];
};

export type FoldedStep = CarriedLabels & {
  readonly place: Place;
  status: StepStatusView;
  readonly attempts: FoldedAttempt[];
  startedAt: Instant;
  endedAt?: Instant;
  /** Of all attempts, and of everything inside a block. */
  usage: Usage;
  gate?: GateResult;
  error?: ErrorRecord;
  reason?: string;
  opening?: Opening;
  /** Rounds of a loop or an agent so far. */
  rounds?: number;
  /** Of an agent: the calls that each round after the first began with. */
  calls?: (readonly MadeCall[])[];
  /** What it waits for; `id` is the sequence of the event that says so. */
  wait?: { readonly id: number; readonly since: Instant; readonly for: Wait };
  /** Of a plan block: the plans that it ran. */
  plans?: FoldedPlan[];
  readonly notes: Note[];
};

export type FoldedRun = {
  readonly run: string;
  readonly created: EventOf<'run.created'>;
  status: RunStatus;
  startedAt?: Instant;
  endedAt?: Instant;
  outputs?: Payload;
  error?: ErrorRecord;
  reason?: string;
  /** Why it is paused, or until when it waits. */
  held?: EventOf<'run.paused' | 'run.waiting'>;
  /** How it is to end, once that is settled. */
  ending?: EventOf<'run.ending'>['cause'];
  /** Replaces the one it was created with. */
  budget?: EventOf<'budget.raised'>['budget'];
  usage: Usage;
  /** Of the gates of steps that ended, each as decided last. */
  gates: { readonly count: number; readonly score: number };
  seq: number;
  /** By path, in order of first appearance, a block before what is inside it. */
  readonly steps: Map<string, FoldedStep>;
};
