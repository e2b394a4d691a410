/**
 * A step under way: one attempt, its timeout, and what it has shown so far.
 *
 * It ends once: by itself, by its timeout, or because it is stopped. A tool that
 * does not heed its abort signal is left behind; what it still returns is dropped.
 */
import { addUsage, errorRecordOf, noUsage, TelosError } from '@telos/core';
import type { Clock, ErrorRecord, Json, ToolCallReport, Usage } from '@telos/core';

export interface ActiveStep {
  /** Aborts the call in flight and forgets its outcome. Gives what there was so far. */
  stop(reason: Error): { readonly partial?: Json; readonly usage?: Usage };
}

/** How work ends that did not come to its own result. */
export type Failure = { readonly ended: 'failed'; readonly error: ErrorRecord; readonly usage?: Usage };

export type ActiveStepSpec<T> = {
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
  readonly run: (hooks: AttemptHooks) => Promise<T | Failure>;
  readonly onCall: (call: ToolCallReport) => void;
  readonly onText: (text: string) => void;
  readonly onEnd: (result: T | Failure) => void;
};

export type AttemptHooks = {
  readonly signal: AbortSignal;
  readonly onCall: (call: ToolCallReport) => void;
  readonly onText: (text: string) => void;
};

export function startStep<T>(spec: ActiveStepSpec<T>): ActiveStep {
  const controller = new AbortController();
  /** Made only when there is a timeout: most steps have none, and a controller is not free. */
  let timer: AbortController | undefined;
  let text = '';
  let usage = noUsage;
  let over = false;

  function end(result: T | Failure): void {
    if (over) return;
    over = true;
    timer?.abort('over');
    spec.onEnd(result);
  }

  const spent = (): { readonly usage?: Usage } => (usage === noUsage ? {} : { usage });

  spec
    .run({
      signal: controller.signal,
      onCall(call) {
        if (over) return;
        usage = addUsage(usage, call.usage);
        spec.onCall(call);
      },
      onText(part) {
        if (over) return;
        text += part;
        spec.onText(part);
      },
    })
    .then(end, (error: unknown) => end({ ended: 'failed', error: errorRecordOf(error), ...spent() }));

  const { timeoutMs } = spec;
  if (timeoutMs !== undefined) {
    timer = new AbortController();
    void spec.clock.sleep(timeoutMs, timer.signal).then(() => {
      if (over) return;
      const late = new TelosError('STEP_TIMEOUT', `The step took longer than its timeout of ${timeoutMs} ms.`);
      controller.abort(late);
      end({ ended: 'failed', error: errorRecordOf(late), ...spent() });
    });
  }

  return {
    stop(reason) {
      over = true;
      timer?.abort('over');
      controller.abort(reason);
      return { ...(text === '' ? {} : { partial: text }), ...spent() };
    },
  };
}
