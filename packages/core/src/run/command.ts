/** Commands: what is asked of a run. Times, chance and rendered values arrive inside them. */
import type { ErrorCode } from '../errors/catalog.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { MadeCall } from '../agent/agent-body.ts';
import type { Hash, Instant } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Carried, Labelling } from '../labels.ts';
import type { Payload } from '../payload.ts';
import type { StepPath } from '../program/path.ts';
import type { BudgetSpec, Step } from '../program/program.ts';
import type { Usage } from '../usage.ts';
import type {
  CallRecord,
  RailCall,
  Closing,
  EventOf,
  GateResult,
  ObjectiveScore,
  Opening,
  RailsResult,
  RateLimit,
  RunEvent,
  Wait,
} from './events.ts';
import type { Did } from './repeat.ts';

type OfRun = { readonly at: Instant };
type OfStep = OfRun & { readonly path: StepPath };
type OfAttempt = OfStep & { readonly attempt: number };

export type RunCommand =
  | (OfRun & { readonly do: 'start' })
  | (OfRun & { readonly do: 'succeed'; readonly outputs: Payload })
  | (OfRun & { readonly do: 'fail'; readonly error: ErrorRecord })
  | (OfRun & { readonly do: 'cancel'; readonly reason: string })
  /** Settles how the run is to end; what is under way is aborted and recorded before it does. The first one counts. */
  | (OfRun & { readonly do: 'end'; readonly cause: EventOf<'run.ending'>['cause'] })
  /** The run is to end at once: what is left of what would follow its own steps is skipped. */
  | (OfRun & { readonly do: 'hurry'; readonly by?: string })
  /** Nothing is under way: the run lets its worker go. */
  | (OfRun & { readonly do: 'wait'; readonly until?: Instant })
  | (OfRun & {
      readonly do: 'pause';
      readonly reason: EventOf<'run.paused'>['reason'];
      readonly message?: string;
      readonly by?: string;
    })
  | (OfRun & { readonly do: 'resume'; readonly by?: string })
  | (OfRun & {
      readonly do: 'raiseBudget';
      readonly budget: BudgetSpec;
      /** Absent: the run. */
      readonly of?: StepPath;
      readonly by?: string;
    })
  /**
   * Goes to the step that has waited longest for a signal of this name, or is kept for the next that does. Where that
   * step has a schema it is kept too: `closeWait` hands it over once its payload was found to fit, else `refuseSignal` follows.
   */
  | (OfRun & {
      readonly do: 'receiveSignal';
      readonly id: string;
      readonly name: string;
      readonly payload: Payload;
      readonly by?: string;
    });

export type StepCommand =
  /** Labels are those of the input; of a block, those of what its body sees of it. */
  | (OfAttempt &
      Carried & {
        readonly do: 'startStep';
        readonly input?: Payload;
        readonly queue?: string;
      })
  | (OfStep & { readonly do: 'skipStep'; readonly reason: 'when' | 'no_case' })
  | (OfStep & { readonly do: 'openBlock'; readonly opening: Opening })
  | (OfStep &
      Carried & {
        readonly do: 'advanceLoop';
        readonly round: number;
        readonly state: Payload;
        /** Of an agent. */
        readonly calls?: readonly MadeCall[];
      })
  /** Labels are those of what the planner had read besides what it was given. */
  | (OfAttempt &
      Carried & {
        readonly do: 'acceptPlan';
        readonly program: Hash;
        readonly objectives: Json;
        readonly usage?: Usage;
      })
  /** A plan that a person is to decide about: `openWait` follows. */
  | (OfAttempt &
      Carried & {
        readonly do: 'proposePlan';
        readonly program: Hash;
        readonly source: string;
        readonly objectives: Json;
        readonly grant: JsonObject;
        readonly usage?: Usage;
      })
  /** The next round of a plan block. `kept`: ids of steps of the round before that stand unchanged in it, in order. */
  | (OfAttempt &
      Carried & {
        readonly do: 'replacePlan';
        readonly program: Hash;
        readonly objectives: Json;
        readonly kept: readonly string[];
        readonly usage?: Usage;
      })
  | (OfAttempt & {
      readonly do: 'scoreObjective';
      readonly round: number;
      readonly objective: string;
      readonly result: ObjectiveScore;
      readonly usage?: Usage;
    })
  /** A call of the attempt begins, or ceases, to wait for a rate limit. */
  | (OfAttempt & { readonly do: 'awaitLimit' | 'passLimit'; readonly limit: RateLimit })
  | (OfAttempt & { readonly do: 'recordCall'; readonly index: number; readonly call: CallRecord })
  /** The rails of a place have answered. What comes of it is another command. `usage`: of `calls`, which are not the step's. */
  | (OfAttempt & {
      readonly do: 'judgeRails';
      readonly result: RailsResult;
      readonly usage?: Usage | undefined;
      readonly calls?: readonly RailCall[] | undefined;
    })
  | (OfAttempt &
      Carried & {
        readonly do: 'succeedStep';
        readonly output: Payload;
        readonly usage?: Usage | undefined;
        readonly gate?: GateResult | undefined;
      })
  /** An output that did not pass its gate: a remedy follows, or the step fails with its best attempt. `fallback` is the ladder's fallback value, rendered. */
  | (OfAttempt &
      // Of the output, and of what was said of it.
      Carried & {
        readonly do: 'rejectOutput';
        readonly step: Step;
        readonly output: Payload;
        readonly gate: GateResult;
        readonly error: ErrorRecord;
        readonly fallback?: Payload | undefined;
        /** Absent: the fallback carries what the output does. */
        readonly fallbackLabelling?: Labelling | undefined;
        /** Absent: nothing that a repair would do twice. */
        readonly did?: Did | undefined;
        readonly usage?: Usage | undefined;
      })
  /** An error: another attempt follows by the step's `retry` (never of a block that was opened), or the step fails. `random` in [0, 1) spreads retries. */
  | (OfAttempt &
      // Of what the error says.
      Carried & {
        readonly do: 'failStep';
        readonly step: Step;
        readonly error: ErrorRecord;
        readonly usage?: Usage | undefined;
        readonly random: number;
        /** Absent: nothing that another attempt would do twice. */
        readonly did?: Did | undefined;
      })
  /** The process died during the attempt, or the far side did (`error`), and nobody knows how far it came. */
  | (OfAttempt &
      Did &
      // Of what it would have given.
      Carried & { readonly do: 'interruptStep'; readonly step: Step; readonly error?: ErrorRecord })
  /** The worker was told to stop during an attempt that may be made again: the next owner makes it. */
  | (OfAttempt & { readonly do: 'handOver'; readonly usage?: Usage })
  | (OfAttempt & Carried & { readonly do: 'cancelStep'; readonly partial?: Payload; readonly usage?: Usage })
  /** The step waits. A signal that was kept for it ends the wait at once, unless its payload is to be looked at first. */
  | (OfAttempt & Carried & { readonly do: 'openWait'; readonly wait: Wait; readonly usage?: Usage })
  /** A signal that was kept is not what the step waits for: it is dropped, and the step waits on. */
  | (OfAttempt & { readonly do: 'refuseSignal'; readonly id: string; readonly error: ErrorRecord })
  /** The wait is over; the step's outcome follows. `output`: what an `approve` step gives when it is approved. */
  | (OfAttempt & {
      readonly do: 'closeWait';
      readonly closing: Closing;
      readonly output?: Payload;
    })
  /** A person, or a probe, says what became of a step in doubt or in quarantine. `output` goes with `succeed`. */
  | (OfStep & {
      readonly do: 'resolveStep';
      readonly as: EventOf<'step.resolved'>['as'];
      readonly output?: Payload;
      readonly by?: string;
      readonly note?: string;
    });

export type Command = RunCommand | StepCommand;

/** Why a command changes nothing. */
export type Refusal = {
  readonly refused: Extract<ErrorCode, 'RUN_FINISHED' | 'STEP_NOT_READY' | 'STALE_ATTEMPT'>;
  readonly message: string;
};

export type Decision = readonly RunEvent[] | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return 'refused' in decision;
}
