/**
 * A step under way: one attempt, its timeout, and what it has shown so far.
 *
 * It ends once: by itself, by its timeout, or because it is stopped. A tool that
 * does not heed its abort signal is left behind; what it still returns is dropped.
 */
import { addUsage, errorRecordOf, noUsage, TelosError } from '@telos/core';
import type { Clock, ErrorRecord, Json, RateLimit, ToolCallReport, Usage, WorkPart } from '@telos/core';
import { boundedCall } from './bounded.ts';
import { Course, outOfCourse } from './strays.ts';
import type { Strayable, StrayOf } from './strays.ts';

/** Characters kept of what a step has shown, in case it is stopped. */
const partialLimit = 1_000_000;

export interface ActiveStep {
  /** Aborts the call in flight and forgets its outcome. Gives what there was so far. */
  stop(reason: Error): { readonly partial?: Json; readonly usage?: Usage };
}

/** How work ends that did not come to its own result. */
export type Failure = { readonly ended: 'failed'; readonly error: ErrorRecord };

/** Called as its methods: an object that keeps what an attempt needs can be one. */
export interface ActiveStepSpec<T> {
  readonly of: StrayOf;
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
  /** Whether what it shows is kept in case it is stopped; default true. */
  readonly keepsText?: boolean;
  run(hooks: AttemptHooks): Promise<T | Failure>;
  onCall(call: ToolCallReport): void;
  onText(text: string): void;
  /** Told of thoughts, and of calls as they form; absent: nobody is. */
  onWork?(part: WorkPart): void;
  /** Told of a call that waits for a rate limit; what it gives is called when it waits no longer. */
  onWait(limit: RateLimit): () => void;
  /** `usage` is the sum of the calls; undefined when there were none. */
  onEnd(result: T | Failure, usage: Usage | undefined): void;
  /** Told what `onEnd` throws. */
  onError(error: unknown): void;
}

export interface AttemptHooks {
  /** Made when first asked for: a step that never looks at it costs no controller. */
  readonly signal: AbortSignal;
  onCall(call: ToolCallReport): void;
  onText(text: string): void;
  onWork(part: WorkPart): void;
  onWait(limit: RateLimit): () => void;
}

export function startStep<T>(spec: ActiveStepSpec<T>): ActiveStep {
  const step = new StepUnderWay(spec);
  step.begin();
  return step;
}

/** A class, since one is made for every attempt: what most attempts never use costs them nothing. */
class StepUnderWay<T> implements ActiveStep, AttemptHooks, Strayable {
  readonly #spec: ActiveStepSpec<T>;
  readonly #course: Course;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #timer: AbortController | undefined;
  #text = '';
  #usage: Usage | undefined;
  #over = false;

  constructor(spec: ActiveStepSpec<T>) {
    this.#spec = spec;
    this.#course = new Course(spec.of, this);
  }

  /** Never throws. */
  begin(): void {
    const { timeoutMs } = this.#spec;
    try {
      if (timeoutMs !== undefined) this.#expireAfter(timeoutMs);
    } catch (error) {
      this.#spec.onError(error);
      return;
    }
    let result: Promise<T | Failure>;
    try {
      result = this.#course.run(() => this.#spec.run(this));
    } catch (error) {
      result = Promise.reject(error);
    }
    result.then(
      (come) => this.#end(come),
      (error: unknown) => this.fail(error),
    );
  }

  fail(error: unknown): void {
    this.#end({ ended: 'failed', error: errorRecordOf(this.#aborted ?? error) });
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  onCall(given: ToolCallReport): void {
    if (this.#over) return;
    const call = boundedCall(given);
    if (call.usage !== undefined) this.#usage = addUsage(this.#usage ?? noUsage, call.usage);
    outOfCourse(() => this.#spec.onCall(call));
  }

  onText(part: string): void {
    if (this.#over) return;
    if (this.#spec.keepsText !== false && this.#text.length < partialLimit)
      this.#text += part.slice(0, partialLimit - this.#text.length);
    this.#spec.onText(part);
  }

  onWork(part: WorkPart): void {
    if (!this.#over) this.#spec.onWork?.(part);
  }

  onWait(limit: RateLimit): () => void {
    if (this.#over) return () => undefined;
    const over = outOfCourse(() => this.#spec.onWait(limit));
    return () => {
      if (!this.#over) outOfCourse(over);
    };
  }

  stop(reason: Error): { readonly partial?: Json; readonly usage?: Usage } {
    this.#over = true;
    this.#timer?.abort('over');
    this.#abort(reason);
    return {
      ...(this.#text === '' ? {} : { partial: this.#text }),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    };
  }

  /** Never throws. */
  #end(result: T | Failure): void {
    this.#course.end();
    if (this.#over) return;
    this.#over = true;
    this.#timer?.abort('over');
    try {
      this.#spec.onEnd(result, this.#usage);
    } catch (error) {
      this.#spec.onError(error);
    }
  }

  #abort(reason: Error): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  #expireAfter(timeoutMs: number): void {
    const { clock } = this.#spec;
    this.#timer = new AbortController();
    const expire = (): void => {
      if (this.#over) return;
      const late = new TelosError('STEP_TIMEOUT', `The step took longer than its timeout of ${timeoutMs} ms.`);
      this.#abort(late);
      this.#end({ ended: 'failed', error: errorRecordOf(late) });
    };
    clock
      .sleep(timeoutMs, this.#timer.signal)
      .then(expire)
      .catch((error: unknown) => this.#spec.onError(error));
  }
}
