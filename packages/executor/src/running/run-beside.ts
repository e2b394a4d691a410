/**
 * Work beside the steps: drafting, judging, scoring, and asking after a write.
 * It holds no slot, since what costs of it is the calls that it makes.
 */
import type { ErrorRecord, StepPath, ToolCallReport, Usage } from '@telos/core';
import { startStep } from './active-step.ts';
import type { ActiveStep, AttemptHooks } from './active-step.ts';
import { createCalls } from './calls.ts';
import type { Desk } from '../desk/desk.ts';
import { noteWaits } from './waiting-calls.ts';

export type Beside<T> = {
  /** Of the step that it is done for. */
  readonly path: StepPath;
  readonly attempt: number;
  readonly timeoutMs?: number | undefined;
  /** Told of what it shows; absent: nobody is. */
  readonly onText?: (text: string) => void;
  /** What of a call the journal keeps; absent: all of it. */
  readonly kept?: (call: ToolCallReport) => ToolCallReport | undefined;
  readonly run: (hooks: AttemptHooks) => Promise<T>;
  /** Called when its calls are written; not when it is stopped. `usage`: of its calls. */
  readonly onEnd: (ended: Ended<T>, usage: Usage | undefined) => void;
};

type Came<T> = { readonly came: T };
export type Ended<T> = Came<T> | { readonly error: ErrorRecord };

/** Keeps what is under way in `active` until it has ended. */
export function runBeside<T>(desk: Desk, active: Map<StepPath, ActiveStep>, beside: Beside<T>): void {
  const { path, attempt, timeoutMs, onText, kept, run, onEnd } = beside;
  const { deps, state } = desk;
  const calls = createCalls(desk, path, attempt);
  active.set(
    path,
    startStep<Came<T> & { readonly ended: 'came' }>({
      of: { run: state.id, path, attempt, traceparent: state.traceparent },
      clock: deps.clock,
      timeoutMs,
      onText: (text) => onText?.(text),
      onCall(call) {
        const left = kept === undefined ? call : kept(call);
        if (left !== undefined) calls.record(left);
      },
      onWait: noteWaits(desk, path, attempt),
      onError: desk.fail,
      run: async (hooks) => ({ ended: 'came', came: await run(hooks) }),
      onEnd: (result, usage) =>
        calls.settle(() => {
          if (active.delete(path)) onEnd(result.ended === 'failed' ? { error: result.error } : result, usage);
        }),
    }),
  );
}
