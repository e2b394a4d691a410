/** What a frontier offers to whoever carries out a run, and where each thing stands. */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Instant } from '../ids.ts';
import type { FrameKey, FramePath, StepPath } from '../program/path.ts';
import type { Step } from '../program/program.ts';

/** Where a step stands: the list it belongs to, and the blocks around that. */
export type Frame = {
  readonly path: FramePath;
  readonly steps: readonly Step[];
  /** The block whose body this is; absent for the workflow's own list, and for what follows it. */
  readonly block?: { readonly path: StepPath; readonly step: Step; readonly frame: Frame; readonly key: FrameKey };
  /** Of what follows the workflow's own list: the frame whose steps can be read from it. */
  readonly within?: Frame;
  /** Of a `catch` handler: the error that it handles. */
  readonly error?: ErrorRecord;
};

/** One step of one frame. */
export type At = { readonly path: StepPath; readonly step: Step; readonly frame: Frame };

export type Action =
  /** The step has not started: evaluate `when`, then start it (attempt 1) or skip it. Who starts a block also opens it. */
  | (At & { readonly do: 'start' })
  /** A further attempt is due at `dueAt`; of a block, the attempt opens it. */
  | (At & { readonly do: 'retry'; readonly attempt: number; readonly dueAt: Instant })
  /** The journal says it is running, and this owner did not start it. */
  | (At & { readonly do: 'recover'; readonly attempt: number })
  /** The journal says that a block has started, and it is still to be opened (its items listed, its case chosen, its plan made). */
  | (At & { readonly do: 'open' })
  /** The step waits: until `dueAt` when there is one, and for what its wait names. */
  | (At & { readonly do: 'wait'; readonly attempt: number; readonly dueAt?: Instant })
  /** A round of a loop has ended: begin the next one, or record the loop's result. */
  | (At & { readonly do: 'advance'; readonly round: number; readonly frames: readonly EndedFrame[] })
  /** A block has a timeout: tell the frontier when it is due. */
  | (At & { readonly do: 'expire'; readonly dueAt: Instant })
  /** All frames of a block have ended: record its result. */
  | (At & { readonly do: 'close'; readonly frames: readonly EndedFrame[]; readonly outcome: Outcome })
  /** Something beside it failed: abort it and record that. Offered again when the attempt ended in another one instead. */
  | (At & { readonly do: 'abort' })
  /** It was offered, has not started, and must not start any more. */
  | (At & { readonly do: 'withdraw' })
  /** The workflow's own list has ended, and something follows it: record how it ended. */
  | { readonly do: 'conclude'; readonly outcome: Outcome }
  /** The workflow's own list has ended, and all that follows it: record the end of the run. */
  | { readonly do: 'finish'; readonly outcome: Outcome };

export type Outcome =
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly error: ErrorRecord }
  | { readonly status: 'cancelled'; readonly reason?: string };

/** A frame of a closed block; `error` when it failed. In order of items, branches or rounds. */
export type EndedFrame = { readonly frame: Frame; readonly error?: ErrorRecord };
