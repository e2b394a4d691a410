/**
 * The state of a run: what its journal adds up to.
 *
 * A step that has not started has no entry in `steps`. Every other step is in
 * exactly one of the states below and carries only the data that state can have.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash, Instant, RunId, Sequence } from '../ids.ts';
import type { Labels } from '../labels.ts';
import type { Payload } from '../payload.ts';
import type { StepPath } from '../program/path.ts';
import type { BudgetSpec } from '../program/program.ts';
import type { Usage } from '../usage.ts';
import type { GateResult, Opening } from './events.ts';

export type Phase =
  | { readonly status: 'pending' }
  | { readonly status: 'running'; readonly startedAt: Instant }
  | { readonly status: 'succeeded'; readonly endedAt: Instant; readonly outputs: Payload }
  | { readonly status: 'failed'; readonly endedAt: Instant; readonly error: ErrorRecord }
  | { readonly status: 'cancelled'; readonly endedAt: Instant; readonly reason: string };

/** What earlier attempts of a step leave behind for the next one. */
export type History = {
  readonly usage: Usage;
  /** Attempts that ended in an error that counts against `retry.max`. */
  readonly failures: number;
  /** Attempts lost with their process; bounded, so that a step that kills its process cannot do so for ever. */
  readonly interruptions: number;
  /** Outputs that did not pass the gate, one a remedy taken. */
  readonly rejections: number;
  /** The latest rejected output: feedback for a repair. */
  readonly rejected?: { readonly output: Payload; readonly gate: GateResult };
  /** The rejected output with the highest score so far. */
  readonly best?: { readonly output: Payload; readonly gate: GateResult };
};

export type StepState =
  | {
      readonly status: 'running';
      readonly attempt: number;
      readonly startedAt: Instant;
      readonly history: History;
      readonly labels: Labels;
      /** By the calls of this attempt so far: what is known of its cost should nobody live to tell its outcome. */
      readonly spent?: Usage;
    }
  /** Between two attempts: the next, number `attempt`, is due at `dueAt`. */
  | {
      readonly status: 'waiting';
      readonly attempt: number;
      readonly dueAt: Instant;
      readonly error?: ErrorRecord;
      readonly history: History;
    }
  | {
      readonly status: 'succeeded';
      readonly attempt: number;
      readonly output: Payload;
      readonly usage: Usage;
      readonly gate?: GateResult;
      readonly labels: Labels;
    }
  | {
      readonly status: 'failed';
      readonly attempt: number;
      readonly error: ErrorRecord;
      readonly usage: Usage;
      readonly labels?: Labels;
      readonly gate?: GateResult;
      readonly output?: Payload;
    }
  | { readonly status: 'skipped' }
  | { readonly status: 'cancelled'; readonly attempt: number; readonly partial?: Payload; readonly usage: Usage };

export type RunState = {
  readonly id: RunId;
  readonly workflow: string;
  readonly program: Hash;
  readonly inputs: Payload;
  readonly inputLabels: Labels;
  readonly createdAt: Instant;
  /** Replaces the program's own budget when present. */
  readonly budget: BudgetSpec | undefined;
  phase: Phase;
  usage: Usage;
  /** Of the last event folded in. */
  seq: Sequence;
  readonly steps: Map<StepPath, StepState>;
  /** How each open or closed block was instantiated. */
  readonly blocks: Map<StepPath, Opening>;
};

/** Whether a step has ended, well or badly. */
export function isFinished(step: StepState | undefined): boolean {
  return step !== undefined && step.status !== 'running' && step.status !== 'waiting';
}

/** Whether the run has ended. */
export function hasEnded(state: RunState): boolean {
  return state.phase.status !== 'pending' && state.phase.status !== 'running';
}
