/**
 * The state of a run: what its journal adds up to.
 *
 * A step that has not started has no entry in `steps`. Every other step is in
 * exactly one of the states below and carries only the data that state can have.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { MadeCall } from '../agent/agent-body.ts';
import type { Hash, Instant, RunId, Sequence } from '../ids.ts';
import type { Labelling, Labels } from '../labels.ts';
import type { Payload } from '../payload.ts';
import type { StepPath } from '../program/path.ts';
import type { Priority, Turn } from '../ports/turn.ts';
import type { BudgetSpec } from '../program/program.ts';
import type { RailPlace } from '../program/rails-spec.ts';
import type { Usage } from '../usage.ts';
import type { PlanRounds } from '../plan/plan-rounds.ts';
import type { EventOf, Fork, GateResult, Opening, RailsResult, RateLimit, Wait } from './events.ts';

/** Where a run stands. `startedAt` stays what it was when the run waits or is paused in between. */
export type Phase =
  | { readonly status: 'pending' }
  | { readonly status: 'running'; readonly startedAt: Instant }
  /** Held by nobody until `until`, or until something happens from outside. */
  | { readonly status: 'waiting'; readonly startedAt: Instant; readonly since: Instant; readonly until?: Instant }
  | {
      readonly status: 'paused';
      readonly startedAt: Instant;
      readonly since: Instant;
      readonly reason: EventOf<'run.paused'>['reason'];
      readonly message?: string;
    }
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
  readonly rejected?: Rejected;
  /** The rejected output with the highest score so far. */
  readonly best?: Rejected;
  /** Calls that an attempt has recorded so far. */
  readonly calls?: { readonly attempt: number; readonly count: number };
  /**
   * A person has let it run; `input` when they edited what it is given, `hosts` that may have what is private of that,
   * where they were asked because of these; empty: anywhere.
   */
  readonly allowed?: { readonly input?: Payload; readonly hosts?: readonly string[] };
};

/** An output that did not pass its gate. `carried`: it, and what was said of it; absent without labels. */
export type Rejected = { readonly output: Payload; readonly gate: GateResult; readonly carried?: KnownLabels };

/** Labels of what a step was given, or of what it gave. `labelling` is absent when they came in by the step itself, of the whole alike. */
export type KnownLabels = { readonly labels: Labels; readonly labelling?: Labelling };

export type StepState =
  | (KnownLabels & {
      readonly status: 'running';
      readonly attempt: number;
      readonly startedAt: Instant;
      readonly history: History;
      /** Where it was offered to other workers; absent when its owner runs it. */
      readonly queue?: string;
      /** What it gives is kept under this key, for equal calls. */
      readonly cache?: Hash;
      /** By the calls of this attempt so far: what is known of its cost should nobody live to tell its outcome. */
      readonly spent?: Usage;
      /** Calls of this attempt that wait for a rate limit: how many, since when, and for which the last of them does. */
      readonly limited?: { readonly calls: number; readonly since: Instant; readonly limit: RateLimit };
    })
  /** Between two attempts: the next, number `attempt`, is due at `dueAt`. */
  | {
      readonly status: 'retrying';
      readonly attempt: number;
      readonly dueAt: Instant;
      readonly error?: ErrorRecord;
      readonly history: History;
      /** Of what a person has let go on, where that carries anything. */
      readonly carried?: KnownLabels;
    }
  /** For a time, a signal or a person. */
  | (KnownLabels & {
      readonly status: 'waiting';
      readonly attempt: number;
      readonly since: Instant;
      /** Sequence of its `wait.opened`. */
      readonly id: Sequence;
      readonly wait: Wait;
      /** Why the last signal that came for it was not taken. */
      readonly refused?: ErrorRecord;
      readonly history: History;
    })
  /** For a person, or a probe, to say what happened, or what is to happen. */
  | (KnownLabels & {
      readonly status: 'in_doubt' | 'quarantined';
      readonly attempt: number;
      readonly since: Instant;
      readonly error: ErrorRecord;
      readonly history: History;
      readonly gate?: GateResult;
      readonly output?: Payload;
    })
  | (KnownLabels & {
      readonly status: 'succeeded';
      readonly attempt: number;
      readonly output: Payload;
      readonly usage: Usage;
      readonly gate?: GateResult;
      /** Sequence of the event: what succeeded last is undone first. */
      readonly seq: Sequence;
    })
  | (Partial<KnownLabels> & {
      readonly status: 'failed';
      readonly attempt: number;
      readonly error: ErrorRecord;
      readonly usage: Usage;
      readonly gate?: GateResult;
      readonly output?: Payload;
    })
  | { readonly status: 'skipped' }
  | (Partial<KnownLabels> & {
      readonly status: 'cancelled';
      readonly attempt: number;
      readonly partial?: Payload;
      readonly usage: Usage;
    });

/** What the rails of a place have said of a step, or a run, that has not ended. */
export type JudgedPlace = Pick<RailsResult, 'outcome' | 'error' | 'value' | 'verdicts'> & {
  readonly attempt: number;
  /** A person let it go on. */
  readonly approved?: true;
};

/** What placeholders stand for, and where that is put back. */
export type HiddenTexts = NonNullable<RailsResult['hidden']>[number];

export type JudgedPlaces = { readonly [place in RailPlace]?: JudgedPlace };

export type RunState = {
  readonly id: RunId;
  readonly workflow: string;
  readonly program: Hash;
  readonly inputs: Payload;
  readonly inputLabels: Labels;
  /** Absent when every input carries all of them. */
  readonly inputLabelling?: Labelling;
  /** Whether anything in the run is labelled at all. */
  labelled: boolean;
  readonly createdAt: Instant;
  /** Replaces the program's own budget when present. */
  budget: BudgetSpec | undefined;
  /** Programs of the workflows that it runs as steps, by id. */
  readonly workflows: { readonly [id: string]: Hash };
  readonly namespace: string;
  readonly priority: Priority;
  readonly fork: Fork | undefined;
  /** W3C trace context that it was started with. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  phase: Phase;
  /** How the run is to end, once that is settled and before it has. */
  ending: EventOf<'run.ending'>['cause'] | undefined;
  /** Whether it was cancelled once more while it was ending. */
  hurried: boolean;
  usage: Usage;
  /** Of the last event folded in. */
  seq: Sequence;
  readonly steps: Map<StepPath, StepState>;
  /** How each open or closed block was instantiated. */
  readonly blocks: Map<StepPath, Opening>;
  /** State of each round of a loop after the first: entry 0 is that of round 2. */
  readonly rounds: Map<StepPath, Payload[]>;
  /** What each round of an agent after the first begins with: entry 0 is that of round 2. */
  readonly calls: Map<StepPath, (readonly MadeCall[])[]>;
  /** What became of each plan block: the plans that it ran, and the one that a person is to decide about. */
  readonly plans: Map<StepPath, PlanRounds>;
  /** Steps that wait, are in doubt or in quarantine, in the order in which they began to. */
  readonly held: Set<StepPath>;
  /** Of steps that have not ended, and of the run's own input and output. */
  readonly rails: Map<StepPath, JudgedPlaces>;
  /** What may be put back, by the step in whose output or calls: until the run ends. */
  readonly hidden: Map<StepPath, readonly HiddenTexts[]>;
  /** Placeholders that stand for something in this run. */
  readonly placeholders: Set<string>;
  /** Signals that came before a step waited for them, oldest first. */
  readonly signals: Signal[];
  /** Budgets of blocks and steps that were raised. */
  readonly budgets: Map<StepPath, BudgetSpec>;
  /** Ids of all signals that have come: one that is sent again is the same. */
  readonly heard: Set<string>;
};

export type Signal = { readonly id: string; readonly name: string; readonly payload: Payload };

export type OpenStep = Extract<StepState, { readonly history: History }>;

/** Whose turn it is when the run waits, with others, for something that all of them use. */
export function turnOf({ namespace, priority }: Pick<RunState, 'namespace' | 'priority'>): Required<Turn> {
  return { share: namespace, priority };
}

/** Whether a step has begun and not ended. */
export function isOpen(step: StepState | undefined): step is OpenStep {
  if (step === undefined) return false;
  switch (step.status) {
    case 'running':
    case 'retrying':
    case 'waiting':
    case 'in_doubt':
    case 'quarantined':
      return true;
    default:
      return false;
  }
}

/** Whether a step has ended, well or badly. */
export function isFinished(step: StepState | undefined): boolean {
  return step !== undefined && !isOpen(step);
}

/** Whether the run has ended. */
export function hasEnded(state: RunState): boolean {
  const { status } = state.phase;
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** When the run was first taken up; undefined while it has not been. */
export function startOf({ phase }: RunState): Instant | undefined {
  return 'startedAt' in phase ? phase.startedAt : undefined;
}
