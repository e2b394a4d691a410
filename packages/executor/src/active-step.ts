/**
 * A step under way: one attempt, its timeout, and what it has shown so far.
 *
 * It ends once: by itself, by its timeout, or because it is stopped. A tool that
 * does not heed its abort signal is left behind; what it still returns is dropped.
 */
import { addUsage, errorRecordOf, noUsage, TelosError } from '@telos/core';
import type { Clock, ErrorRecord, Json, ToolCallReport, Usage } from '@telos/core';
import { boundedCall } from './bounded.ts';

/** Characters kept of what a step has shown, in case it is stopped. */
const partialLimit = 1_000_000;

export interface ActiveStep {
  /** Aborts the call in flight and forgets its outcome. Gives what there was so far. */
  stop(reason: Error): { readonly partial?: Json; readonly usage?: Usage };
}

/** How work ends that did not come to its own result. */
export type Failure = { readonly ended: 'failed'; readonly error: ErrorRecord };

export type ActiveStepSpec<T> = {
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
  readonly run: (hooks: AttemptHooks) => Promise<T | Failure>;
  readonly onCall: (call: ToolCallReport) => void;
  readonly onText: (text: string) => void;
  /** `usage` is the sum of the calls; undefined when there were none. */
  readonly onEnd: (result: T | Failure, usage: Usage | undefined) => void;
  /** Told what `onEnd` throws. */
  readonly onError: (error: unknown) => void;
};

export interface AttemptHooks {
  /** Made when first asked for: a step that never looks at it costs no controller. */
  readonly signal: AbortSignal;
  onCall(call: ToolCallReport): void;
  onText(text: string): void;
}

export function startStep<T>(spec: ActiveStepSpec<T>): ActiveStep {
  let controller: AbortController | undefined;
  let aborted: Error | undefined;
  let timer: AbortController | undefined;
  let text = '';
  let usage: Usage | undefined;
  let over = false;

  function end(result: T | Failure): void {
    if (over) return;
    over = true;
    timer?.abort('over');
    spec.onEnd(result, usage);
  }

  function abort(reason: Error): void {
    aborted = reason;
    controller?.abort(reason);
  }

  const hooks: AttemptHooks = {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (aborted !== undefined) controller.abort(aborted);
      }
      return controller.signal;
    },
    onCall(given) {
      if (over) return;
      const call = boundedCall(given);
      if (call.usage !== undefined) usage = addUsage(usage ?? noUsage, call.usage);
      spec.onCall(call);
    },
    onText(part) {
      if (over) return;
      if (text.length < partialLimit) text += part.slice(0, partialLimit - text.length);
      spec.onText(part);
    },
  };

  spec
    .run(hooks)
    .then(end, (error: unknown) => end({ ended: 'failed', error: errorRecordOf(aborted ?? error) }))
    .catch(spec.onError);

  const { timeoutMs } = spec;
  if (timeoutMs !== undefined) {
    timer = new AbortController();
    const expire = (): void => {
      if (over) return;
      const late = new TelosError('STEP_TIMEOUT', `The step took longer than its timeout of ${timeoutMs} ms.`);
      abort(late);
      end({ ended: 'failed', error: errorRecordOf(late) });
    };
    spec.clock.sleep(timeoutMs, timer.signal).then(expire).catch(spec.onError);
  }

  return {
    stop(reason) {
      over = true;
      timer?.abort('over');
      abort(reason);
      return { ...(text === '' ? {} : { partial: text }), ...(usage === undefined ? {} : { usage }) };
    },
  };
}
