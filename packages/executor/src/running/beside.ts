/**
 * Work beside the steps of a run: drafting, judging, scoring, and asking after a
 * write. It holds no slot, since what costs of it is the calls that it makes.
 */
import type { ErrorRecord, StepPath, ToolCallReport, Usage } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import { startStep } from './active-step.ts';
import type { ActiveStep, AttemptHooks } from './active-step.ts';
import { createCalls } from './calls.ts';
import { noteWaits } from './waiting-calls.ts';

export type Work<T> = {
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

/** What is under way beside the steps of one run, by the step that it is done for. */
export class Beside {
  readonly desk: Desk;
  #active: Map<StepPath, ActiveStep> | undefined;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  begin<T>({ path, attempt, timeoutMs, onText, kept, run, onEnd }: Work<T>): void {
    const { desk } = this;
    const { deps, state } = desk;
    const calls = createCalls(desk, path, attempt);
    const active = (this.#active ??= new Map());
    active.set(
      path,
      startStep<Came<T> & { readonly ended: 'came' }>({
        of: { run: state.id, path, attempt, traceparent: state.traceparent, tracestate: state.tracestate },
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

  isBusy(path: StepPath): boolean {
    return this.#active?.has(path) === true;
  }

  /** How many are under way. */
  get size(): number {
    return this.#active?.size ?? 0;
  }

  /** Aborts it and forgets its outcome. Gives what there was so far; undefined when nothing was under way. */
  stop(path: StepPath, reason: Error): ReturnType<ActiveStep['stop']> | undefined {
    const step = this.#active?.get(path);
    this.#active?.delete(path);
    return step?.stop(reason);
  }

  /** The reason is made when there is something to stop. */
  stopAll(reason: () => Error): void {
    for (const step of this.#active?.values() ?? []) step.stop(reason());
    this.#active?.clear();
  }
}
